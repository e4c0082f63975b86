# Compiled from ui/sign_in.ui by packaging/compile_ui.py. Do not edit.

from PySide6.QtCore import (QCoreApplication, QMetaObject, Qt)

from PySide6.QtWidgets import (QFrame, QHBoxLayout, QLabel, QLineEdit, QListView, QPushButton, QSizePolicy, QSpacerItem, QVBoxLayout, QWidget)

from lnmonitor.desktop.widgets.message_strip import MessageStrip
from lnmonitor.desktop.widgets.password_edit import PasswordEdit

class Ui_SignInWindow(object):
    def setupUi(self, SignInWindow: QWidget) -> None:
        if not SignInWindow.objectName():
            SignInWindow.setObjectName(u"SignInWindow")
        SignInWindow.resize(960, 600)
        SignInWindow.setWindowTitle(u"lnmonitor")
        self.halves = QHBoxLayout(SignInWindow)
        self.halves.setSpacing(0)
        self.halves.setObjectName(u"halves")
        self.halves.setContentsMargins(0, 0, 0, 0)
        self.left = QWidget(SignInWindow)
        self.left.setObjectName(u"left")
        self.left.setProperty(u"ground", u"window")
        self.left_layout = QVBoxLayout(self.left)
        self.left_layout.setSpacing(8)
        self.left_layout.setObjectName(u"left_layout")
        self.left_layout.setContentsMargins(20, 20, 20, 20)
        self.studies_title = QLabel(self.left)
        self.studies_title.setObjectName(u"studies_title")
        self.studies_title.setProperty(u"role", u"section")
        self.studies_title.setProperty(u"tone", u"text")
        self.studies_title.setTextFormat(Qt.TextFormat.PlainText)

        self.left_layout.addWidget(self.studies_title)

        self.studies = QListView(self.left)
        self.studies.setObjectName(u"studies")

        self.left_layout.addWidget(self.studies)

        self.no_studies = QLabel(self.left)
        self.no_studies.setObjectName(u"no_studies")
        self.no_studies.setProperty(u"role", u"body")
        self.no_studies.setProperty(u"tone", u"text-2")
        self.no_studies.setWordWrap(True)
        self.no_studies.setTextFormat(Qt.TextFormat.PlainText)

        self.left_layout.addWidget(self.no_studies)

        self.study_buttons = QHBoxLayout()
        self.study_buttons.setSpacing(8)
        self.study_buttons.setObjectName(u"study_buttons")
        self.study_buttons.setContentsMargins(0, 0, 0, 0)
        self.open_folder = QPushButton(self.left)
        self.open_folder.setObjectName(u"open_folder")
        self.open_folder.setProperty(u"kind", u"plain")
        self.open_folder.setAutoDefault(False)

        self.study_buttons.addWidget(self.open_folder)

        self.new_study = QPushButton(self.left)
        self.new_study.setObjectName(u"new_study")
        self.new_study.setProperty(u"kind", u"plain")
        self.new_study.setAutoDefault(False)

        self.study_buttons.addWidget(self.new_study)

        self.s1 = QSpacerItem(0, 0, QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)

        self.study_buttons.addItem(self.s1)


        self.left_layout.addLayout(self.study_buttons)

        self.left_layout.setStretch(1, 1)

        self.halves.addWidget(self.left)

        self.middle = QFrame(SignInWindow)
        self.middle.setObjectName(u"middle")
        self.middle.setProperty(u"line", u"v")

        self.halves.addWidget(self.middle)

        self.right = QWidget(SignInWindow)
        self.right.setObjectName(u"right")
        self.right.setProperty(u"ground", u"panel")
        self.right_layout = QVBoxLayout(self.right)
        self.right_layout.setSpacing(6)
        self.right_layout.setObjectName(u"right_layout")
        self.right_layout.setContentsMargins(60, 20, 60, 16)
        self.tongues = QHBoxLayout()
        self.tongues.setSpacing(8)
        self.tongues.setObjectName(u"tongues")
        self.tongues.setContentsMargins(0, 0, 0, 0)
        self.s2 = QSpacerItem(0, 0, QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)

        self.tongues.addItem(self.s2)

        self.language = QPushButton(self.right)
        self.language.setObjectName(u"language")
        self.language.setText(u"\u4e2d\u6587")
        self.language.setProperty(u"kind", u"quiet")
        self.language.setProperty(u"size", u"small")
        self.language.setAutoDefault(False)

        self.tongues.addWidget(self.language)


        self.right_layout.addLayout(self.tongues)

        self.s3 = QSpacerItem(0, 0, QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Expanding)

        self.right_layout.addItem(self.s3)

        self.study_name = QLabel(self.right)
        self.study_name.setObjectName(u"study_name")
        self.study_name.setText(u"")
        self.study_name.setProperty(u"role", u"page")
        self.study_name.setProperty(u"tone", u"text")
        self.study_name.setWordWrap(True)
        self.study_name.setTextFormat(Qt.TextFormat.PlainText)

        self.right_layout.addWidget(self.study_name)

        self.study_facts = QLabel(self.right)
        self.study_facts.setObjectName(u"study_facts")
        self.study_facts.setText(u"")
        self.study_facts.setProperty(u"role", u"small")
        self.study_facts.setProperty(u"tone", u"text-2")
        self.study_facts.setWordWrap(True)
        self.study_facts.setTextFormat(Qt.TextFormat.PlainText)

        self.right_layout.addWidget(self.study_facts)

        self.locked_by = QLabel(self.right)
        self.locked_by.setObjectName(u"locked_by")
        self.locked_by.setText(u"")
        self.locked_by.setProperty(u"role", u"small")
        self.locked_by.setProperty(u"tone", u"warn")
        self.locked_by.setWordWrap(True)
        self.locked_by.setTextFormat(Qt.TextFormat.PlainText)

        self.right_layout.addWidget(self.locked_by)

        self.account_label = QLabel(self.right)
        self.account_label.setObjectName(u"account_label")
        self.account_label.setProperty(u"role", u"small")
        self.account_label.setProperty(u"tone", u"text-2")
        self.account_label.setTextFormat(Qt.TextFormat.PlainText)

        self.right_layout.addWidget(self.account_label)

        self.account = QLineEdit(self.right)
        self.account.setObjectName(u"account")

        self.right_layout.addWidget(self.account)

        self.password_label = QLabel(self.right)
        self.password_label.setObjectName(u"password_label")
        self.password_label.setProperty(u"role", u"small")
        self.password_label.setProperty(u"tone", u"text-2")
        self.password_label.setTextFormat(Qt.TextFormat.PlainText)

        self.right_layout.addWidget(self.password_label)

        self.password = PasswordEdit(self.right)
        self.password.setObjectName(u"password")

        self.right_layout.addWidget(self.password)

        self.message = MessageStrip(self.right)
        self.message.setObjectName(u"message")

        self.right_layout.addWidget(self.message)

        self.sign_row = QHBoxLayout()
        self.sign_row.setSpacing(8)
        self.sign_row.setObjectName(u"sign_row")
        self.sign_row.setContentsMargins(0, 0, 0, 0)
        self.sign_in = QPushButton(self.right)
        self.sign_in.setObjectName(u"sign_in")
        self.sign_in.setProperty(u"kind", u"primary")
        self.sign_in.setAutoDefault(False)

        self.sign_row.addWidget(self.sign_in)

        self.s4 = QSpacerItem(0, 0, QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)

        self.sign_row.addItem(self.s4)


        self.right_layout.addLayout(self.sign_row)

        self.demo = QWidget(self.right)
        self.demo.setObjectName(u"demo")
        self.demo_layout = QVBoxLayout(self.demo)
        self.demo_layout.setSpacing(4)
        self.demo_layout.setObjectName(u"demo_layout")
        self.demo_layout.setContentsMargins(0, 12, 0, 0)
        self.demo_title = QLabel(self.demo)
        self.demo_title.setObjectName(u"demo_title")
        self.demo_title.setProperty(u"role", u"small")
        self.demo_title.setProperty(u"tone", u"text-2")
        self.demo_title.setWordWrap(True)
        self.demo_title.setTextFormat(Qt.TextFormat.PlainText)

        self.demo_layout.addWidget(self.demo_title)

        self.demo_accounts = QHBoxLayout()
        self.demo_accounts.setSpacing(12)
        self.demo_accounts.setObjectName(u"demo_accounts")
        self.demo_accounts.setContentsMargins(0, 0, 0, 0)

        self.demo_layout.addLayout(self.demo_accounts)


        self.right_layout.addWidget(self.demo)

        self.s5 = QSpacerItem(0, 0, QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Expanding)

        self.right_layout.addItem(self.s5)

        self.version = QLabel(self.right)
        self.version.setObjectName(u"version")
        self.version.setText(u"")
        self.version.setProperty(u"role", u"small")
        self.version.setProperty(u"tone", u"text-muted")
        self.version.setTextFormat(Qt.TextFormat.PlainText)

        self.right_layout.addWidget(self.version)


        self.halves.addWidget(self.right)

        self.halves.setStretch(0, 2)
        self.halves.setStretch(2, 3)
#if QT_CONFIG(shortcut)
        self.account_label.setBuddy(self.account)
#endif // QT_CONFIG(shortcut)

        self.retranslateUi(SignInWindow)

        self.sign_in.setDefault(True)


        QMetaObject.connectSlotsByName(SignInWindow)
    # setupUi

    def retranslateUi(self, SignInWindow: QWidget) -> None:
        self.studies_title.setText(QCoreApplication.translate("SignInWindow", u"Studies", None))
        self.no_studies.setText(QCoreApplication.translate("SignInWindow", u"No study yet. Make a new one, or open a folder that holds one.", None))
        self.open_folder.setText(QCoreApplication.translate("SignInWindow", u"Open folder\u2026", None))
        self.new_study.setText(QCoreApplication.translate("SignInWindow", u"New study\u2026", None))
        self.account_label.setText(QCoreApplication.translate("SignInWindow", u"Account", None))
        self.password_label.setText(QCoreApplication.translate("SignInWindow", u"Password", None))
        self.sign_in.setText(QCoreApplication.translate("SignInWindow", u"Sign in", None))
        self.demo_title.setText(QCoreApplication.translate("SignInWindow", u"Synthetic study. Accounts, all with the password lupus-demo:", None))
        pass
    # retranslateUi
