"""PDF documents: drawn with reportlab from read models, without Qt."""
