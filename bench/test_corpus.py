"""Tests of what the benchmarks stand on: run with `python3 -m unittest discover -s bench`."""

import io
import os
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import corpus  # noqa: E402
import generate  # noqa: E402
import measure  # noqa: E402
import queries  # noqa: E402

MBOX = (
    b"From ann@example.org Mon Mar  2 09:00:00 2020\n"
    b"Message-ID: <1@example.org>\nSubject: one\n\n"
    b"From where I stand, 09:00 in 2020 is early.\nThat is all.\n"
    # No blank line before this boundary; seconds left out.
    b"From bob@example.net Mon Mar  2 09:05 2020\n"
    b"Subject: two\nIn-Reply-To: <1@example.org>\n\nFrom now on: no.\n\n"
    b"From cyd@example.com Mon Mar  2 09:06:00 2020\n"
    b"From: cyd@example.com\n\nno subject, no id\n"
)


def split(data):
    return [b"".join(message) for message in corpus.messages(io.BytesIO(data))]


class Splitting(unittest.TestCase):
    def test_a_boundary_is_a_from_line_with_a_time_before_a_header(self):
        found = split(MBOX)
        self.assertEqual(len(found), 3)
        self.assertEqual(b"".join(found), MBOX)

    def test_a_from_line_at_the_end_is_text(self):
        extra = b"From zed Mon Mar  2 09:07:00 2020\n"
        found = split(MBOX + extra)
        self.assertEqual(len(found), 3)
        self.assertTrue(found[2].endswith(extra))

    def test_two_boundaries_in_a_row(self):
        twice = b"From zed Mon Mar  2 09:07:00 2020\n" + MBOX
        self.assertEqual(len(split(MBOX + twice)), 6)

    def test_body_is_without_envelope_and_last_blank_line(self):
        second = list(corpus.messages(io.BytesIO(MBOX)))[1]
        body = corpus.body_of(second)
        self.assertTrue(body.startswith(b"Subject: two\n"))
        self.assertTrue(body.endswith(b"no.\n"))


class Repeating(unittest.TestCase):
    def test_copies_get_other_ids_and_subjects_and_the_same_text(self):
        one, two, three = (
            b"".join(corpus.changed(message, "r1"))
            for message in corpus.messages(io.BytesIO(MBOX))
        )
        self.assertIn(b"Message-ID: <1@example.org.r1>\nSubject: one r1\n", one)
        self.assertIn(b"In-Reply-To: <1@example.org.r1>", two)
        self.assertIn(b"Subject: r1\n\nno subject", three)
        self.assertTrue(one.endswith(b"is early.\nThat is all.\n"))

    def test_the_files_hold_what_was_asked_for(self):
        with tempfile.TemporaryDirectory() as folder:
            first, second = os.path.join(folder, "a.mbox"), os.path.join(folder, "b.mbox")
            with open(first, "wb") as file:
                file.write(MBOX)
            self.assertEqual(corpus.write_mbox(second, first, repeat=2), 6)
            self.assertEqual(corpus.write_mbox(second, first, limit=2), 2)
            maildir = os.path.join(folder, "maildir")
            self.assertEqual(corpus.write_maildir(maildir, first), 3)
            self.assertEqual(len(os.listdir(os.path.join(maildir, "cur"))), 3)


class Generating(unittest.TestCase):
    def made(self, kind, *options):
        with tempfile.TemporaryDirectory() as folder:
            out = os.path.join(folder, "out.mbox")
            program = os.path.abspath(generate.__file__)
            subprocess.run([sys.executable, program, kind, out, *options], check=True)
            with open(out, "rb") as file:
                return file.read()

    def test_tiny_messages_are_counted(self):
        self.assertEqual(len(split(self.made("tiny-messages", "--count", "3000"))), 3000)

    def test_the_huge_message_is_one(self):
        data = self.made("huge-message", "--megabytes", "2")
        found = split(data)
        self.assertEqual(len(found), 3)
        self.assertGreater(len(found[1]), 2_000_000)

    def test_the_cut_mailbox_ends_in_mid_word(self):
        data = self.made("cut")
        self.assertEqual(len(split(data)), 1000)
        self.assertFalse(data.endswith(b"\n"))


class Measuring(unittest.TestCase):
    def test_a_run_has_a_cost(self):
        cost = measure.run([sys.executable, "-c", "x = bytearray(50_000_000)"])
        self.assertGreater(cost.peak, 50)
        self.assertGreater(cost.wall, 0)

    def test_an_unexpected_exit_code_ends_the_benchmark(self):
        with self.assertRaises(SystemExit):
            measure.run([sys.executable, "-c", "import sys; sys.exit(3)"])

    def test_the_most_frequent_sender_is_found(self):
        with tempfile.NamedTemporaryFile() as file:
            file.write(b"From: Ann <ann@a.example>\n\nFrom: ben@b.example\nFROM: ANN@A.example\n")
            file.flush()
            self.assertEqual(corpus.frequent_sender(file.name), "ann@a.example")

    def test_there_are_twenty_questions(self):
        asked = queries.twenty("ann@a.example")
        self.assertEqual(len(asked), 20)
        self.assertEqual(len({query.name for query in asked}), 20)


if __name__ == "__main__":
    unittest.main()
