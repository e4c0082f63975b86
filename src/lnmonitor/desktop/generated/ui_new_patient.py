# Compiled from ui/new_patient.ui by packaging/compile_ui.py. Do not edit.

from PySide6.QtCore import (QCoreApplication, QMetaObject, Qt)

from PySide6.QtWidgets import (QDialog, QHBoxLayout, QLabel, QPushButton, QScrollArea, QSizePolicy, QSpacerItem, QVBoxLayout, QWidget)

from lnmonitor.desktop.widgets.message_strip import MessageStrip
from lnmonitor.desktop.widgets.password_edit import PasswordEdit

class Ui_NewPatientDialog(object):
    def setupUi(self, NewPatientDialog: QDialog) -> None:
        if not NewPatientDialog.objectName():
            NewPatientDialog.setObjectName(u"NewPatientDialog")
        NewPatientDialog.resize(560, 720)
        self.layout = QVBoxLayout(NewPatientDialog)
        self.layout.setSpacing(12)
        self.layout.setObjectName(u"layout")
        self.layout.setContentsMargins(24, 20, 24, 20)
        self.title = QLabel(NewPatientDialog)
        self.title.setObjectName(u"title")
        self.title.setProperty(u"role", u"page")
        self.title.setProperty(u"tone", u"text")
        self.title.setTextFormat(Qt.TextFormat.PlainText)

        self.layout.addWidget(self.title)

        self.subtitle = QLabel(NewPatientDialog)
        self.subtitle.setObjectName(u"subtitle")
        self.subtitle.setProperty(u"role", u"body")
        self.subtitle.setProperty(u"tone", u"text-2")
        self.subtitle.setWordWrap(True)
        self.subtitle.setTextFormat(Qt.TextFormat.PlainText)

        self.layout.addWidget(self.subtitle)

        self.area = QScrollArea(NewPatientDialog)
        self.area.setObjectName(u"area")
        self.area.setWidgetResizable(True)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.fields = QWidget()
        self.fields.setObjectName(u"fields")
        self.fields.setProperty(u"ground", u"panel")
        self.field_layout = QVBoxLayout(self.fields)
        self.field_layout.setSpacing(4)
        self.field_layout.setObjectName(u"field_layout")
        self.field_layout.setContentsMargins(0, 0, 12, 0)
        self.area.setWidget(self.fields)

        self.layout.addWidget(self.area)

        self.message = MessageStrip(NewPatientDialog)
        self.message.setObjectName(u"message")

        self.layout.addWidget(self.message)

        self.buttons = QHBoxLayout()
        self.buttons.setSpacing(8)
        self.buttons.setObjectName(u"buttons")
        self.buttons.setContentsMargins(0, 0, 0, 0)
        self.p1 = QSpacerItem(0, 0, QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)

        self.buttons.addItem(self.p1)

        self.cancel = QPushButton(NewPatientDialog)
        self.cancel.setObjectName(u"cancel")
        self.cancel.setProperty(u"kind", u"plain")
        self.cancel.setAutoDefault(False)

        self.buttons.addWidget(self.cancel)

        self.save = QPushButton(NewPatientDialog)
        self.save.setObjectName(u"save")
        self.save.setProperty(u"kind", u"primary")
        self.save.setAutoDefault(False)

        self.buttons.addWidget(self.save)


        self.layout.addLayout(self.buttons)


        self.retranslateUi(NewPatientDialog)

        self.save.setDefault(True)


        QMetaObject.connectSlotsByName(NewPatientDialog)
    # setupUi

    def retranslateUi(self, NewPatientDialog: QDialog) -> None:
        NewPatientDialog.setWindowTitle(QCoreApplication.translate("NewPatientDialog", u"New patient", None))
        self.title.setText(QCoreApplication.translate("NewPatientDialog", u"New patient", None))
        self.subtitle.setText(QCoreApplication.translate("NewPatientDialog", u"One number, consent and who the person is for the trial. The name stays at this site.", None))
        self.cancel.setText(QCoreApplication.translate("NewPatientDialog", u"Cancel", None))
        self.save.setText(QCoreApplication.translate("NewPatientDialog", u"Save patient", None))
    # retranslateUi
