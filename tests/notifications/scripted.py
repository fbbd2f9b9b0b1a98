# SPDX-License-Identifier: EUPL-1.2
"""A mail server at the edge of the world that does what a test's script says."""

from django.core.mail.backends.base import BaseEmailBackend


class ScriptedBackend(BaseEmailBackend):
    """``script`` holds, per mail that is handed over, None (taken) or the exception to raise; when it is
    used up everything is taken. ``opening`` is raised by ``open``. ``during`` runs while SMTP talks."""

    script: list = []
    taken: list = []
    seen: list = []
    opening: list = []
    opened = 0
    during = None

    @classmethod
    def reset(cls):
        cls.script, cls.taken, cls.seen, cls.opening = [], [], [], []
        cls.opened, cls.during = 0, None

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.is_open = False

    def open(self):
        if self.is_open:
            return False
        if type(self).opening:
            raise type(self).opening.pop(0)
        self.is_open = True
        type(self).opened += 1
        return True

    def close(self):
        self.is_open = False

    def send_messages(self, messages):
        for message in messages:
            octets = message.message().as_bytes()
            type(self).seen.append(octets)
            if type(self).during is not None:
                during, type(self).during = type(self).during, None
                during()
            answer = type(self).script.pop(0) if type(self).script else None
            if answer is not None:
                raise answer
            type(self).taken.append(octets)
        return len(messages)
