"""The patient's story on screen: pyqtgraph behind a small interface of our own.

`StoryCanvas` draws a `lnmonitor.analysis.story.Story`; little else is needed outside. Importing the
package is cheap, importing its modules loads pyqtgraph.
"""
