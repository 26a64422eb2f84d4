"""The case runner's own tests: it must fail what is wrong, or every case proves nothing."""

import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))

import run_cases  # noqa: E402

GOOD = """A comment.
== file in/a.txt
one
two
== run
cat in/a.txt; echo "$(basename "$TRACEHOUND")" >&2; exit 3
== out
one
two
== err
program
== exit 3
"""


class RunCasesTest(unittest.TestCase):
    def problems(self, text):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder, "a.case")
            path.write_text(text)
            return run_cases.run_case(path, pathlib.Path("/program"))

    def test_a_case_that_holds_has_no_problems(self):
        self.assertEqual([], self.problems(GOOD))

    def test_each_expectation_fails_alone(self):
        for old, new in [("\none\ntwo\n== err", "\none\n== err"),
                         ("\none\ntwo\n== run", "\n== run"),
                         ("program\n", "other\n"), ("program\n", ""), ("exit 3\n==", "exit 2\n=="),
                         ("== exit 3\n", ""), ("== exit 3\n", "== exit 0\n")]:
            self.assertIn(old, GOOD)
            self.assertTrue(self.problems(GOOD.replace(old, new)), (old, new))

    def test_silence_is_expected_unless_output_is_named(self):
        self.assertEqual([], self.problems("== run\ntrue\n"))
        self.assertTrue(self.problems("== run\necho a\n"))
        self.assertTrue(self.problems("== run\necho a >&2\n"))

    def test_steps_share_a_folder_and_stop_at_the_first_problem(self):
        self.assertEqual([], self.problems("== run\necho a > f\n== run\ncat f\n== out\na\n"))
        problems = self.problems("== run\nfalse\n== run\necho never\n")
        self.assertEqual(2, len(problems))
        self.assertIn("a.case:1: false", problems[0])

    def test_cases_do_not_see_one_another(self):
        self.assertEqual([], self.problems("== run\necho a > f\n"))
        self.assertEqual([], self.problems("== run\nls\n"))

    def test_wildcards_match_within_a_line_and_over_lines(self):
        def matches(expected, actual):
            return run_cases.pattern_of(expected).fullmatch(actual) is not None
        self.assertTrue(matches("took [..] s\n", "took 1.25 s\n"))
        self.assertFalse(matches("took [..] s\n", "took 1\n2 s\n"))
        self.assertTrue(matches("a\n...\nz\n", "a\nz\n"))
        self.assertTrue(matches("a\n...\nz\n", "a\nb\nc\nz\n"))
        self.assertFalse(matches("a\n...\nz\n", "a\nb\n"))
        self.assertFalse(matches("a.c\n", "abc\n"))

    def test_a_broken_case_file_is_a_problem(self):
        for text in ["", "== file a\nx\n", "== out\nx\n== run\ntrue\n", "== rum\ntrue\n",
                     "== run\ntrue\n== exit many\n"]:
            self.assertTrue(self.problems(text), text)

    def test_a_case_whose_command_fails_in_the_middle_of_a_pipe_fails(self):
        self.assertTrue(self.problems("== run\nfalse | true\n"))


if __name__ == "__main__":
    unittest.main()
