"""Ctrl-C while processes work: it is taken down, and answered where nothing is half done."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading

import pytest

from simulator.batch.interrupts import Interrupts, deaf_from_birth

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals of Windows are others")


def test_ctrl_c_is_taken_down_and_raised_where_one_asks() -> None:
    interrupts = Interrupts()
    with interrupts.taken():
        interrupts.check()
        signal.raise_signal(signal.SIGINT)
        with pytest.raises(KeyboardInterrupt):
            interrupts.check()
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_who_has_an_answer_of_their_own_keeps_it() -> None:
    heard = []
    before = signal.signal(signal.SIGINT, lambda *_: heard.append(1))
    try:
        interrupts = Interrupts()
        with interrupts.taken():
            signal.raise_signal(signal.SIGINT)
            interrupts.check()
    finally:
        signal.signal(signal.SIGINT, before)
    assert heard == [1]


def test_other_threads_are_not_asked() -> None:
    def work() -> None:
        with Interrupts().taken():
            kept.append(signal.getsignal(signal.SIGINT))

    kept: list[object] = []
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert kept == [signal.default_int_handler]


def test_a_process_that_is_started_deaf_does_not_hear_ctrl_c() -> None:
    code = "import os, signal; os.kill(os.getpid(), signal.SIGINT); print('alive')"
    with deaf_from_birth():
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("alive\n", "")
    assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, ())
