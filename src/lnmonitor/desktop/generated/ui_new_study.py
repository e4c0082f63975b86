# Compiled from ui/new_study.ui by packaging/compile_ui.py. Do not edit.

from PySide6.QtCore import (QCoreApplication, QMetaObject, Qt)

from PySide6.QtWidgets import (QCheckBox, QComboBox, QDialog, QHBoxLayout, QLabel, QLineEdit, QPushButton, QSizePolicy, QSpacerItem, QStackedWidget, QVBoxLayout, QWidget)

from lnmonitor.desktop.widgets.message_strip import MessageStrip
from lnmonitor.desktop.widgets.password_edit import PasswordEdit

class Ui_NewStudyDialog(object):
    def setupUi(self, NewStudyDialog: QDialog) -> None:
        if not NewStudyDialog.objectName():
            NewStudyDialog.setObjectName(u"NewStudyDialog")
        NewStudyDialog.resize(520, 640)
        self.layout = QVBoxLayout(NewStudyDialog)
        self.layout.setSpacing(12)
        self.layout.setObjectName(u"layout")
        self.layout.setContentsMargins(24, 20, 24, 20)
        self.title = QLabel(NewStudyDialog)
        self.title.setObjectName(u"title")
        self.title.setProperty(u"role", u"page")
        self.title.setProperty(u"tone", u"text")
        self.title.setTextFormat(Qt.TextFormat.PlainText)

        self.layout.addWidget(self.title)

        self.steps = QStackedWidget(NewStudyDialog)
        self.steps.setObjectName(u"steps")
        self.facts = QWidget()
        self.facts.setObjectName(u"facts")
        self.facts_layout = QVBoxLayout(self.facts)
        self.facts_layout.setSpacing(4)
        self.facts_layout.setObjectName(u"facts_layout")
        self.facts_layout.setContentsMargins(0, 0, 0, 0)
        self.folder_label = QLabel(self.facts)
        self.folder_label.setObjectName(u"folder_label")
        self.folder_label.setProperty(u"role", u"small")
        self.folder_label.setProperty(u"tone", u"text-2")
        self.folder_label.setTextFormat(Qt.TextFormat.PlainText)

        self.facts_layout.addWidget(self.folder_label)

        self.folder = QLineEdit(self.facts)
        self.folder.setObjectName(u"folder")

        self.facts_layout.addWidget(self.folder)

        self.folder_hint = QLabel(self.facts)
        self.folder_hint.setObjectName(u"folder_hint")
        self.folder_hint.setProperty(u"role", u"small")
        self.folder_hint.setProperty(u"tone", u"text-muted")
        self.folder_hint.setWordWrap(True)
        self.folder_hint.setTextFormat(Qt.TextFormat.PlainText)

        self.facts_layout.addWidget(self.folder_hint)

        self.browse_row = QHBoxLayout()
        self.browse_row.setSpacing(8)
        self.browse_row.setObjectName(u"browse_row")
        self.browse_row.setContentsMargins(0, 0, 0, 0)
        self.browse = QPushButton(self.facts)
        self.browse.setObjectName(u"browse")
        self.browse.setProperty(u"kind", u"plain")
        self.browse.setProperty(u"size", u"small")
        self.browse.setAutoDefault(False)

        self.browse_row.addWidget(self.browse)

        self.n1 = QSpacerItem(0, 0, QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)

        self.browse_row.addItem(self.n1)


        self.facts_layout.addLayout(self.browse_row)

        self.protocol_label = QLabel(self.facts)
        self.protocol_label.setObjectName(u"protocol_label")
        self.protocol_label.setProperty(u"role", u"small")
        self.protocol_label.setProperty(u"tone", u"text-2")
        self.protocol_label.setTextFormat(Qt.TextFormat.PlainText)

        self.facts_layout.addWidget(self.protocol_label)

        self.protocol = QComboBox(self.facts)
        self.protocol.setObjectName(u"protocol")

        self.facts_layout.addWidget(self.protocol)

        self.site_label = QLabel(self.facts)
        self.site_label.setObjectName(u"site_label")
        self.site_label.setProperty(u"role", u"small")
        self.site_label.setProperty(u"tone", u"text-2")
        self.site_label.setTextFormat(Qt.TextFormat.PlainText)

        self.facts_layout.addWidget(self.site_label)

        self.site = QLineEdit(self.facts)
        self.site.setObjectName(u"site")

        self.facts_layout.addWidget(self.site)

        self.site_hint = QLabel(self.facts)
        self.site_hint.setObjectName(u"site_hint")
        self.site_hint.setProperty(u"role", u"small")
        self.site_hint.setProperty(u"tone", u"text-muted")
        self.site_hint.setWordWrap(True)
        self.site_hint.setTextFormat(Qt.TextFormat.PlainText)

        self.facts_layout.addWidget(self.site_hint)

        self.admin_label = QLabel(self.facts)
        self.admin_label.setObjectName(u"admin_label")
        self.admin_label.setProperty(u"role", u"small")
        self.admin_label.setProperty(u"tone", u"text-2")
        self.admin_label.setTextFormat(Qt.TextFormat.PlainText)

        self.facts_layout.addWidget(self.admin_label)

        self.admin = QLineEdit(self.facts)
        self.admin.setObjectName(u"admin")

        self.facts_layout.addWidget(self.admin)

        self.admin_name_label = QLabel(self.facts)
        self.admin_name_label.setObjectName(u"admin_name_label")
        self.admin_name_label.setProperty(u"role", u"small")
        self.admin_name_label.setProperty(u"tone", u"text-2")
        self.admin_name_label.setTextFormat(Qt.TextFormat.PlainText)

        self.facts_layout.addWidget(self.admin_name_label)

        self.admin_name = QLineEdit(self.facts)
        self.admin_name.setObjectName(u"admin_name")

        self.facts_layout.addWidget(self.admin_name)

        self.password_label = QLabel(self.facts)
        self.password_label.setObjectName(u"password_label")
        self.password_label.setProperty(u"role", u"small")
        self.password_label.setProperty(u"tone", u"text-2")
        self.password_label.setTextFormat(Qt.TextFormat.PlainText)

        self.facts_layout.addWidget(self.password_label)

        self.password = PasswordEdit(self.facts)
        self.password.setObjectName(u"password")

        self.facts_layout.addWidget(self.password)

        self.password_hint = QLabel(self.facts)
        self.password_hint.setObjectName(u"password_hint")
        self.password_hint.setProperty(u"role", u"small")
        self.password_hint.setProperty(u"tone", u"text-muted")
        self.password_hint.setWordWrap(True)
        self.password_hint.setTextFormat(Qt.TextFormat.PlainText)

        self.facts_layout.addWidget(self.password_hint)

        self.again_label = QLabel(self.facts)
        self.again_label.setObjectName(u"again_label")
        self.again_label.setProperty(u"role", u"small")
        self.again_label.setProperty(u"tone", u"text-2")
        self.again_label.setTextFormat(Qt.TextFormat.PlainText)

        self.facts_layout.addWidget(self.again_label)

        self.again = PasswordEdit(self.facts)
        self.again.setObjectName(u"again")

        self.facts_layout.addWidget(self.again)

        self.message = MessageStrip(self.facts)
        self.message.setObjectName(u"message")

        self.facts_layout.addWidget(self.message)

        self.n2 = QSpacerItem(0, 0, QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Expanding)

        self.facts_layout.addItem(self.n2)

        self.buttons = QHBoxLayout()
        self.buttons.setSpacing(8)
        self.buttons.setObjectName(u"buttons")
        self.buttons.setContentsMargins(0, 0, 0, 0)
        self.n3 = QSpacerItem(0, 0, QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)

        self.buttons.addItem(self.n3)

        self.cancel = QPushButton(self.facts)
        self.cancel.setObjectName(u"cancel")
        self.cancel.setProperty(u"kind", u"plain")
        self.cancel.setAutoDefault(False)

        self.buttons.addWidget(self.cancel)

        self.create = QPushButton(self.facts)
        self.create.setObjectName(u"create")
        self.create.setProperty(u"kind", u"primary")
        self.create.setAutoDefault(False)

        self.buttons.addWidget(self.create)


        self.facts_layout.addLayout(self.buttons)

        self.steps.addWidget(self.facts)
        self.key = QWidget()
        self.key.setObjectName(u"key")
        self.key_layout = QVBoxLayout(self.key)
        self.key_layout.setSpacing(8)
        self.key_layout.setObjectName(u"key_layout")
        self.key_layout.setContentsMargins(0, 0, 0, 0)
        self.key_title = QLabel(self.key)
        self.key_title.setObjectName(u"key_title")
        self.key_title.setProperty(u"role", u"section")
        self.key_title.setProperty(u"tone", u"text")
        self.key_title.setTextFormat(Qt.TextFormat.PlainText)

        self.key_layout.addWidget(self.key_title)

        self.key_words = QLabel(self.key)
        self.key_words.setObjectName(u"key_words")
        self.key_words.setProperty(u"role", u"body")
        self.key_words.setProperty(u"tone", u"text-2")
        self.key_words.setWordWrap(True)
        self.key_words.setTextFormat(Qt.TextFormat.PlainText)

        self.key_layout.addWidget(self.key_words)

        self.recovery_key = QLineEdit(self.key)
        self.recovery_key.setObjectName(u"recovery_key")
        self.recovery_key.setReadOnly(True)

        self.key_layout.addWidget(self.recovery_key)

        self.copy_row = QHBoxLayout()
        self.copy_row.setSpacing(8)
        self.copy_row.setObjectName(u"copy_row")
        self.copy_row.setContentsMargins(0, 0, 0, 0)
        self.copy = QPushButton(self.key)
        self.copy.setObjectName(u"copy")
        self.copy.setProperty(u"kind", u"plain")
        self.copy.setProperty(u"size", u"small")
        self.copy.setAutoDefault(False)

        self.copy_row.addWidget(self.copy)

        self.n4 = QSpacerItem(0, 0, QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)

        self.copy_row.addItem(self.n4)


        self.key_layout.addLayout(self.copy_row)

        self.kept = QCheckBox(self.key)
        self.kept.setObjectName(u"kept")

        self.key_layout.addWidget(self.kept)

        self.n5 = QSpacerItem(0, 0, QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Expanding)

        self.key_layout.addItem(self.n5)

        self.done_row = QHBoxLayout()
        self.done_row.setSpacing(8)
        self.done_row.setObjectName(u"done_row")
        self.done_row.setContentsMargins(0, 0, 0, 0)
        self.n6 = QSpacerItem(0, 0, QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)

        self.done_row.addItem(self.n6)

        self.done = QPushButton(self.key)
        self.done.setObjectName(u"done")
        self.done.setProperty(u"kind", u"primary")
        self.done.setAutoDefault(False)

        self.done_row.addWidget(self.done)


        self.key_layout.addLayout(self.done_row)

        self.steps.addWidget(self.key)

        self.layout.addWidget(self.steps)


        self.retranslateUi(NewStudyDialog)

        self.create.setDefault(True)


        QMetaObject.connectSlotsByName(NewStudyDialog)
    # setupUi

    def retranslateUi(self, NewStudyDialog: QDialog) -> None:
        NewStudyDialog.setWindowTitle(QCoreApplication.translate("NewStudyDialog", u"New study", None))
        self.title.setText(QCoreApplication.translate("NewStudyDialog", u"New study", None))
        self.folder_label.setText(QCoreApplication.translate("NewStudyDialog", u"Folder of the study", None))
        self.folder_hint.setText(QCoreApplication.translate("NewStudyDialog", u"Made if absent. Keep it on this computer, not on a network drive.", None))
        self.browse.setText(QCoreApplication.translate("NewStudyDialog", u"Choose\u2026", None))
        self.protocol_label.setText(QCoreApplication.translate("NewStudyDialog", u"Protocol", None))
        self.site_label.setText(QCoreApplication.translate("NewStudyDialog", u"Site", None))
        self.site_hint.setText(QCoreApplication.translate("NewStudyDialog", u"Two or three signs; patient numbers begin with it.", None))
        self.admin_label.setText(QCoreApplication.translate("NewStudyDialog", u"Administrator\u2019s account", None))
        self.admin_name_label.setText(QCoreApplication.translate("NewStudyDialog", u"Administrator\u2019s full name", None))
        self.password_label.setText(QCoreApplication.translate("NewStudyDialog", u"Password", None))
        self.password_hint.setText(QCoreApplication.translate("NewStudyDialog", u"12 characters or more.", None))
        self.again_label.setText(QCoreApplication.translate("NewStudyDialog", u"Password again", None))
        self.cancel.setText(QCoreApplication.translate("NewStudyDialog", u"Cancel", None))
        self.create.setText(QCoreApplication.translate("NewStudyDialog", u"Make study", None))
        self.key_title.setText(QCoreApplication.translate("NewStudyDialog", u"Recovery key", None))
        self.key_words.setText(QCoreApplication.translate("NewStudyDialog", u"This key is shown once. Write it on paper and keep it locked away: it opens the study when no administrator can. Nobody can make it again.", None))
        self.copy.setText(QCoreApplication.translate("NewStudyDialog", u"Copy", None))
        self.kept.setText(QCoreApplication.translate("NewStudyDialog", u"The key is on paper.", None))
        self.done.setText(QCoreApplication.translate("NewStudyDialog", u"Sign in now", None))
    # retranslateUi
