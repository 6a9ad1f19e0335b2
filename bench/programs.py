"""The three programs that the benchmarks run: where their databases lie, how they are called."""

import json
import os
import shutil
import subprocess
import sys

import measure

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
MOST = 20
"""How many results each search asks for."""


class Cahoots:
    """Ours: reads the mbox itself, writes a case folder."""

    name = "cahoots"

    def __init__(self, work, mbox, maildir, program):
        self.program, self.mbox = program, mbox
        self.case = os.path.join(work, "bench.case")

    def version(self):
        return measure.output([self.program, "--version"]).strip()

    def fresh(self):
        shutil.rmtree(self.case, ignore_errors=True)

    def index(self):
        return [measure.run([self.program, "open", self.mbox, "--case", self.case])]

    def database(self):
        return self.case

    def ready(self):
        return os.path.isfile(os.path.join(self.case, "case.toml"))

    def search(self, query):
        return [*self.asking(), "--ids", query]

    def lines(self, query):
        """The same results with time, people, subject, locator and snippet."""
        return [*self.asking(), query]

    def asking(self):
        ask = ["--limit", str(MOST), "--sort", "newest"]
        return [self.program, "search", "--case", self.case, *ask]

    search_codes = (0, 1)

    def env(self):
        return {}

    def count(self, query):
        command = [*self.search(query), "--json"]
        printed = measure.output(command, expect=self.search_codes)
        return json.loads(printed)["total"] if printed.strip() else 0


class Notmuch:
    """notmuch: reads a Maildir, writes a Xapian database."""

    name = "notmuch"

    def __init__(self, work, mbox, maildir, program):
        self.home = os.path.join(work, "notmuch")
        self.config = os.path.join(self.home, "config")
        self.maildir = maildir

    def version(self):
        return measure.output(["notmuch", "--version"]).strip()

    def fresh(self):
        shutil.rmtree(self.home, ignore_errors=True)
        os.makedirs(self.home)
        with open(self.config, "w", encoding="utf-8") as config:
            config.write(
                f"[database]\npath={self.home}\nmail_root={self.maildir}\n"
                "[user]\nname=Bench\nprimary_email=bench@example.org\n"
                "[new]\ntags=\nignore=\n[search]\nexclude_tags=\n"
                "[maildir]\nsynchronize_flags=false\n"
            )

    def env(self):
        return {"NOTMUCH_CONFIG": self.config}

    def index(self):
        return [measure.run(["notmuch", "new", "--quiet"], env=self.env())]

    def database(self):
        return self.home

    def ready(self):
        return os.path.isfile(self.config)

    def search(self, query):
        ask = ["--output=messages", "--exclude=false", f"--limit={MOST}"]
        return ["notmuch", "search", *ask, query]

    search_codes = (0,)

    def count(self, query):
        ask = ["notmuch", "count", "--output=messages", "--exclude=false", query]
        return int(measure.output(ask, env=self.env()))


class Mu:
    """mu: reads a Maildir, writes a Xapian database."""

    name = "mu"

    def __init__(self, work, mbox, maildir, program):
        self.home = os.path.join(work, "mu")
        self.maildir = maildir

    def version(self):
        return measure.output(["mu", "--version"]).splitlines()[0]

    def fresh(self):
        shutil.rmtree(self.home, ignore_errors=True)

    def env(self):
        return {}

    def index(self):
        home = f"--muhome={self.home}"
        return [
            measure.run(["mu", "init", "--quiet", home, f"--maildir={self.maildir}"]),
            measure.run(["mu", "index", "--quiet", home]),
        ]

    def database(self):
        return self.home

    def ready(self):
        return os.path.isdir(self.home)

    def search(self, query):
        ask = [f"--muhome={self.home}", "--fields=i", "--sortfield=date", "--reverse"]
        return ["mu", "find", *ask, f"--maxnum={MOST}", query]

    search_codes = (0, 2, 4)
    """2 and 4: nothing matches (which of them depends on mu's version)."""

    def count(self, query):
        ask = ["mu", "find", f"--muhome={self.home}", "--fields=i", query]
        return len(measure.output(ask, expect=self.search_codes).splitlines())


def chosen(arguments, work, mbox, maildir):
    """The programs to measure, by the command line's `--skip-…`."""
    found = []
    for kind in (Cahoots, Notmuch, Mu):
        if getattr(arguments, f"skip_{kind.name}"):
            continue
        program = arguments.program if kind is Cahoots else None
        if kind is Cahoots and not program:
            program = build()
        elif kind is not Cahoots and not shutil.which(kind.name):
            sys.exit(f"error: {kind.name} is not installed: run scripts/setup.sh bench")
        found.append(kind(work, mbox, maildir, program))
    return found


def build():
    """Builds cahoots in release and returns where it is."""
    script = (
        'source scripts/env.sh && cargo build --release --locked -p cahoots --bin cahoots >&2 && '
        'printf %s "$CARGO_TARGET_DIR/release/cahoots"'
    )
    done = subprocess.run(["bash", "-c", script], cwd=ROOT, stdout=subprocess.PIPE, check=True)
    return done.stdout.decode()


def options(parser):
    """The options that both benchmarks have."""
    cache = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    parser.add_argument("data", help="mbox file, plain or .zst")
    parser.add_argument("--messages", type=int, help="only the first N messages")
    parser.add_argument("--program", help="cahoots program (built in release if not given)")
    parser.add_argument(
        "--work",
        default=os.path.join(cache, "cahoots", "bench"),
        help="folder for the corpus and the databases (default: %(default)s)",
    )
    parser.add_argument("--json", metavar="FILE", help="also write the figures here")
    for name in ("cahoots", "notmuch", "mu"):
        parser.add_argument(f"--skip-{name}", action="store_true")


def set_up():
    """Installs what the benchmarks need and the machine lacks."""
    subprocess.run([os.path.join(ROOT, "scripts", "setup.sh"), "bench"], check=True)


def prepare(arguments, repeat=1):
    """The corpus as mbox and as Maildir, made once: (folder, mbox, maildir, messages)."""
    import corpus

    stat = os.stat(arguments.data)
    name = os.path.basename(arguments.data).split(".")[0]
    key = f"{name}-{stat.st_size}-{arguments.messages or 'all'}-x{repeat}"
    work = os.path.join(os.path.abspath(arguments.work), key)
    mbox, maildir = os.path.join(work, "corpus.mbox"), os.path.join(work, "maildir")
    done = os.path.join(work, "messages")
    if not os.path.isfile(done):
        shutil.rmtree(work, ignore_errors=True)
        os.makedirs(work)
        count = corpus.write_mbox(mbox, arguments.data, repeat, arguments.messages)
        if not (arguments.skip_notmuch and arguments.skip_mu):
            corpus.write_maildir(maildir, mbox)
        with open(done, "w", encoding="ascii") as file:
            file.write(str(count))
    elif not os.path.isdir(maildir) and not (arguments.skip_notmuch and arguments.skip_mu):
        corpus.write_maildir(maildir, mbox)
    with open(done, encoding="ascii") as file:
        return work, mbox, maildir, int(file.read())
