"""The style checker's own tests: each rule fires on a fixture and stays silent on its neighbour."""

import contextlib
import io
import pathlib
import subprocess
import sys
import tempfile
import unittest
import unittest.mock

sys.path.insert(0, str(pathlib.Path(__file__).parent))

import cpp_text  # noqa: E402
import layers  # noqa: E402
import rules  # noqa: E402
import style  # noqa: E402

LONG_CPP = "int f(int a) {\n" + "  ++a;\n" * 69 + "}\n"
LONG_PY = "def f():\n" + "    pass\n" * 70
SPLIT = "TO" + "DO"  # this file is checked too
HOME = "/ho" + "me/ann/coins"

# rule, path, text it must fire on, text it must let pass
FIXTURES = [
    (rules.width, "src/a.cc", "x" * 101 + "\n", "x" * 100 + "\n"),
    (rules.width, "script/a", "#!/bin/sh\n" + "x" * 101, "x" * 101),  # no script, no code
    (rules.file_length, "src/a.cc", "\n" * 800, "\n" * 799),
    (rules.function_length, "src/a.cc", LONG_CPP, LONG_CPP.replace("  ++a;\n", "", 1)),
    (rules.function_length, "a.py", LONG_PY, LONG_PY.replace("    pass\n", "", 1)),
    (rules.white_space, "a.md", "a\tb\n", "a b\n"),
    (rules.white_space, "a.md", "a \n", "a\n"),
    (rules.white_space, "a.md", "a", "a\n"),
    (rules.pragma_once, "src/a.h", "// what it is\n", "// what it is\n#pragma once\n"),
    (rules.leftover, "src/a.cc", f"// {SPLIT}: more\n", "// to do it, see there\n"),
    (rules.machine_path, "a.md", f"see {HOME}/a\n", "see $HOME/a, ~/a and coins/ho" + "me/a/b\n"),
    (rules.machine_path, "a.sh", "cd /wo" + "rk/main\n", "cd net/wo" + "rk/main\n"),
    (rules.floating_point, "src/trace/a.cc", "double share;\n", "// no double here\n"),
    (rules.test_name, "tests/unit/a/b_test.cc", "TEST(Bytes, Works) {}\n",
     "TEST(Bytes, odd_digits__are_refused) {}\n"),
    (rules.file_name, "src/BadName.cc", "", None),
    (rules.file_name, "src/good_name.cc", None, ""),
    (rules.banned_call, "src/tags/a.cc", "std::cout << 1;\n", '"std::cout"; // std::cout\n'),
    (rules.banned_call, "src/tags/a.cc", "fmt::print(stderr, x);\n", "fmt::format(x);\n"),
    (rules.banned_call, "src/tags/a.cc", "printf(x);\n", "snprintf_like(x);\n"),
    (rules.banned_call, "src/tags/a.cc", "int x = rand();\n", "int x = operand();\n"),
    (rules.banned_call, "src/tags/a.cc", "std::random_device d;\n", "std::mt19937_64 e(seed);\n"),
    (rules.banned_call, "src/synth/a.cc", "std::uniform_int_distribution<int> d;\n",
     "auto distribution = 1;\n"),
    (rules.banned_call, "src/tags/a.cc", "auto t = time(nullptr);\n", "auto t = block.time(0);\n"),
    (rules.banned_call, "src/tags/a.cc", "std::chrono::system_clock::now();\n",
     "std::chrono::steady_clock::now(); std::chrono::system_clock::time_point t;\n"),
    (rules.banned_call, "src/tags/a.cc", "std::exit(1);\n", "on_exit_code(1);\n"),
    (rules.banned_call, "src/tags/a.cc", "abort();\n", "transaction.abort();\n"),
    (rules.banned_call, "src/tags/a.cc", "throw 1;\n", "nothrow();\n"),
    (rules.banned_call, "src/tags/a.cc", "strcpy(a, b);\n", "copy(a, b);\n"),
    (rules.banned_call, "src/tags/a.cc", "sprintf(a, b);\n", "snprintf(a, 1, b);\n"),
    (rules.banned_call, "src/tags/a.cc", "std::stoi(text);\n", "std::stop_token(t);\n"),
    (rules.banned_call, "src/tags/a.cc", "atoi(text);\n", "creatoi(text);\n"),
    (rules.banned_call, "src/tags/a.cc", "out << std::endl;\n", "out << '\\n';\n"),
    (rules.banned_call, "src/tags/a.cc", "using namespace std;\n", "using std::string;\n"),
    (rules.banned_call, "src/tags/a.cc", "auto p = new Thing(1);\n", "int new_things = 1;\n"),
    (rules.banned_call, "src/tags/a.cc", "delete pointer;\n", "A(const A&) = delete;\n"),
    (rules.banned_call, "src/tags/a.cc", "std::ofstream f(p);\n", "files.open_write(p);\n"),
    (rules.banned_call, "src/tags/a.cc", "::open(p, 0);\n", "Ledger::open(p, 0);\n"),
    (rules.banned_call, "src/tags/a.cc", 'getenv("HOME");\n', "target_env();\n"),
    (rules.banned_call, "src/tags/a.cc", "std::thread t(f);\n",
     "std::thread::hardware_concurrency();\n"),
    (rules.banned_call, "src/tags/a.cc", 'setlocale(LC_ALL, "");\n', "reset_locale_name();\n"),
]

CMAKE = """
tracehound_layer(base LIBRARIES fmt::fmt)
tracehound_layer(ledger DEPENDS base LIBRARIES simdjson::simdjson)
tracehound_layer(chains/bitcoin DEPENDS ledger base)
tracehound_layer(trace DEPENDS ledger base)
"""


class RuleTest(unittest.TestCase):
    def test_each_rule_fires_on_its_fixture_and_is_silent_on_the_neighbour(self):
        for rule, path, wrong, right in FIXTURES:
            with self.subTest(rule=rule.__name__, wrong=(wrong or "")[:60]):
                if wrong is not None:
                    self.assertTrue(list(rule(rules.File(path, wrong))), "silent on the wrong")
                if right is not None:
                    self.assertEqual([], list(rule(rules.File(path, right))), "fires on the right")

    def test_every_rule_and_every_ban_has_a_fixture(self):
        self.assertEqual(set(rules.FILE_RULES), {rule for rule, *_ in FIXTURES})
        wrong = [text for rule, _, text, _ in FIXTURES if rule is rules.banned_call]
        for pattern, _, _ in rules.BANNED:
            self.assertTrue(any(pattern.search(text) for text in wrong), pattern.pattern)

    def test_a_ban_does_not_hold_where_the_call_belongs(self):
        for path, text in [("src/cli/main.cc", "fmt::print(x);"), ("src/cli/main.cc", "getenv(x);"),
                           ("src/base/file.cc", "::open(p, 0);"),
                           ("src/base/check.cc", "std::abort();")]:
            self.assertEqual([], list(rules.banned_call(rules.File(path, text))), path)

    def test_problems_name_the_line_they_stand_on(self):
        text = 'const char* a = R"(\n\n)";\nint b;  // abort()\nabort();\n'
        self.assertEqual([5], [line for line, _ in rules.banned_call(rules.File("src/a.cc", text))])


class CppTextTest(unittest.TestCase):
    def test_blank_keeps_code_and_lines_and_nothing_else(self):
        text = 'a("x // y");  // z "\n/* q\n */ b(\'"\', 1\'000, R"-(\n)")-");\n'
        self.assertEqual('a("");  \n\n b("", 1\'000, ""\n);\n', cpp_text.blank(text))

    def test_functions_are_found_where_they_stand(self):
        text = ("namespace a {\n#define X(y) {\nstruct B {\n  int c() const { return 1; }\n"
                "  std::array<int, 2> d = {1, 2};\n  enum class E { one };\n};\n\n"
                "template <typename T>\nT e(T t)\n  requires(sizeof(T) > 1)\n{\n"
                "  auto f = [&] {\n    return t;\n  };\n  return f();\n}\n}\n")
        self.assertEqual([("c", 4, 4), ("e", 9, 17)], cpp_text.functions(text))


class LayerTest(unittest.TestCase):
    def setUp(self):
        self.layers = layers.parse(CMAKE)

    def problems(self, path, include):
        return list(rules.layer(rules.File(path, f'#include "{include}"\n'), self.layers))

    def test_includes_downwards_and_within_a_layer_pass(self):
        for path, include in [("src/trace/a.cc", "base/b.h"), ("src/trace/a.cc", "trace/b.h"),
                              ("src/chains/bitcoin/a.cc", "ledger/b.h"),
                              ("src/cli/a.cc", "chains/bitcoin/b.h"), ("src/cli/a.cc", "cli/b.h")]:
            self.assertEqual([], self.problems(path, include), (path, include))

    def test_includes_upwards_sideways_and_of_nowhere_fire(self):
        for path, include in [("src/base/a.cc", "ledger/b.h"), ("src/ledger/a.h", "trace/b.h"),
                              ("src/trace/a.cc", "chains/bitcoin/b.h"),
                              ("src/trace/a.cc", "cli/b.h"), ("src/trace/a.cc", "b.h"),
                              ("src/trace/a.cc", "../base/b.h"), ("src/other/a.cc", "base/b.h")]:
            self.assertEqual(1, len(self.problems(path, include)), (path, include))

    def test_a_circle_of_layers_fires(self):
        self.assertEqual([], layers.upward(self.layers))
        circle = CMAKE.replace("(base ", "(base DEPENDS trace ")
        self.assertEqual([("base", "trace")], layers.upward(layers.parse(circle)))
        self.assertEqual(1, len(list(rules.layer_order(rules.File("src/CMakeLists.txt", circle)))))


class ProjectRuleTest(unittest.TestCase):
    def test_dead_links_fire_and_live_ones_pass(self):
        def problems(line):
            return list(rules.dead_link(rules.File("docs/a.md", line), {"src/b.md"}.__contains__))
        self.assertEqual([], problems("[b](../src/b.md#part) [web](https://example.org) [c](#c)"))
        self.assertEqual(1, len(problems("[b](src/b.md)")))

    def test_packages_that_nobody_explains_fire(self):
        packages = rules.File("script/packages.txt", "# all\ng++ 12 build\nzstd 1.5 test\n")
        self.assertEqual([3], [line for line, _ in rules.unexplained_package(packages, "`g++`")])

    def test_an_exception_silences_one_rule_in_one_file_and_must_be_needed(self):
        problem = ("src/a.cc", 3, "width", "too wide")
        self.assertEqual([], list(style.without_exceptions([problem], "width src/a.cc a table")))
        for exception in ["width src/b.cc a table", "leftover src/a.cc a table", "width src/a.cc"]:
            self.assertIn(problem, list(style.without_exceptions([problem], exception)))
            self.assertEqual(2, len(list(style.without_exceptions([problem], exception))))


class WholeProjectTest(unittest.TestCase):
    """A small project of its own, in a folder that goes away."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        for path, text in [("src/CMakeLists.txt", CMAKE), ("docs/dependencies.md", ""),
                           ("tests/style/exceptions.txt", ""), ("src/base/a.cc", "int a;\n"),
                           (".clang-format", (style.ROOT / ".clang-format").read_text())]:
            (self.root / path).parent.mkdir(parents=True, exist_ok=True)
            (self.root / path).write_text(text)
        subprocess.run(["git", "init", "-q"], cwd=self.root, check=True)
        patch = unittest.mock.patch.object(style, "ROOT", self.root)
        patch.start()
        self.addCleanup(patch.stop)

    def run_checker(self, *arguments):
        output = io.StringIO()
        with contextlib.redirect_stdout(output):
            code = style.main(list(arguments))
        return code, output.getvalue()

    def test_a_clean_project_passes(self):
        self.assertEqual((0, "5 files, nothing to mend\n"), self.run_checker())

    def test_something_wrong_fails_with_its_place(self):
        (self.root / "notes.md").write_text("a\nb \n")
        code, output = self.run_checker()
        self.assertEqual(1, code)
        self.assertRegex(output, r"^notes.md:2: white_space: .*\n$")
        self.assertEqual(0, self.run_checker("src")[0])

    def test_badly_formatted_code_fails(self):
        (self.root / "src/base/a.cc").write_text("int  a ;\n")
        code, output = self.run_checker()
        self.assertEqual(1, code)
        self.assertRegex(output, r"^src/base/a.cc:1: format: .*\n$")


if __name__ == "__main__":
    unittest.main()
