# SPDX-License-Identifier: EUPL-1.2
"""An IMAP server of our own: dovecot as Debian packs it, with configuration, user, certificate and mail in a
folder of the test. Nothing of the machine's own dovecot is used or touched."""

import datetime as dt
import os
import pwd
import shutil
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.processes import Process, free_port

USER, PASSWORD = "post@tjc.example", "geheim@/x"
CONFIG = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = /dev/stderr
protocols = imap
listen = 127.0.0.1
ssl = required
ssl_cert = <{folder}/cert.pem
ssl_key = <{folder}/key.pem
default_internal_user = dovecot
default_internal_group = dovecot
default_login_user = dovenull
mail_location = maildir:{folder}/mail
mail_uid = mail
mail_gid = mail
first_valid_uid = 1
disable_plaintext_auth = yes
auth_mechanisms = plain
service imap-login {{
  chroot =
  inet_listener imap {{
    port = 0
  }}
  inet_listener imaps {{
    port = {port}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
}}
passdb {{
  driver = passwd-file
  args = scheme=PLAIN username_format=%u {folder}/users
}}
userdb {{
  driver = static
  args = uid=mail gid=mail home={folder}/home
}}
"""


def why_not() -> str:
    """Why no dovecot can be started here, or nothing."""
    if shutil.which("dovecot") is None:
        return "no dovecot on this machine (Debian: apt-get install dovecot-imapd)"
    if os.getuid() != 0:
        return "dovecot needs root to switch users"
    try:
        pwd.getpwnam("dovenull")
    except KeyError:
        return "dovecot is there, but not its user dovenull (Debian's package makes it)"
    return ""


class Dovecot:
    """Running between ``with`` and its end. ``url`` is an IMAP_URL; ``certificate`` belongs in SSL_CERT_FILE."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.certificate = folder / "cert.pem"
        self.url = f"imaps://post%40tjc.example:geheim%40%2Fx@localhost:{self.port}/INBOX"

    def __enter__(self):
        self.folder.chmod(0o755)  # the login process is another user
        for name in ("run", "state", "home", "mail/cur", "mail/new", "mail/tmp"):
            (self.folder / name).mkdir(parents=True)
        self._make_certificate()
        for path in [self.folder / "home", *self.folder.glob("mail/**")]:
            shutil.chown(path, "mail", "mail")
        (self.folder / "users").write_text(f"{USER}:{{PLAIN}}{PASSWORD}\n")
        (self.folder / "dovecot.conf").write_text(CONFIG.format(folder=self.folder, port=self.port))
        command = ["dovecot", "-F", "-c", str(self.folder / "dovecot.conf")]
        self.process = Process(command, env={}, log=self.folder / "dovecot.log")
        self.process.ready(self.port)
        return self

    def __exit__(self, *exc_info):
        self.process.stop()

    @property
    def mailbox(self):
        return {
            "host": "localhost",
            "port": self.port,
            "user": USER,
            "password": PASSWORD,
            "folder": "INBOX",
        }

    def deliver(self, mails):
        """As an MTA would, in this order; a Maildir sorts by name."""
        for number, raw in enumerate(mails):
            unfinished = self.folder / "mail" / "tmp" / f"{1760000000 + number}.M{number}P1.test"
            unfinished.write_bytes(raw)
            shutil.chown(unfinished, "mail", "mail")
            unfinished.rename(self.folder / "mail" / "new" / unfinished.name)

    def _make_certificate(self):
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
        now = dt.datetime.now(dt.UTC)
        certificate = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - dt.timedelta(days=400))
            .not_valid_after(now + dt.timedelta(days=400))
            .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .sign(key, hashes.SHA256())
        )
        pem = serialization.Encoding.PEM
        self.certificate.write_bytes(certificate.public_bytes(pem))
        (self.folder / "key.pem").write_bytes(
            key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        )
