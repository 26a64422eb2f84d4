"""The summing up's own tests: if it lets a failure or a skip through, no run proves anything."""

import contextlib
import io
import os
import pathlib
import sys
import tempfile
import unittest
import unittest.mock

sys.path.insert(0, str(pathlib.Path(__file__).parent))

import sum_up  # noqa: E402

# As ctest 3.25 writes them.
PASSED = '<testcase name="a" status="run"><system-out>fine</system-out></testcase>'
FAILED = ('<testcase name="b" status="fail"><failure message=""/>'
          '<system-out>1 is not 2</system-out></testcase>')
SKIPPED = ('<testcase name="c" status="notrun"><skipped message="SKIP_RETURN_CODE=77"/>'
           '<system-out>no data</system-out></testcase>')
DISABLED = '<testcase name="d" status="disabled"></testcase>'
MISSING = ('<testcase name="e" status="notrun"><skipped message="Unable to find executable"/>'
           '</testcase>')


class SumUpTest(unittest.TestCase):
    def sum_up(self, *runs, ci="false"):
        """(exit code, lines) over one file for each run."""
        output = io.StringIO()
        with tempfile.TemporaryDirectory() as folder:
            for number, cases in enumerate(runs):
                text = f"<testsuite>{''.join(cases)}</testsuite>"
                pathlib.Path(folder, f"run{number}.xml").write_text(text)
            with contextlib.redirect_stdout(output), unittest.mock.patch.dict(os.environ, CI=ci):
                code = sum_up.main(folder)
        return code, output.getvalue().rstrip("\n").split("\n")

    def test_all_passed_is_success_and_runs_add_up(self):
        code, lines = self.sum_up([PASSED, PASSED], [PASSED])
        self.assertEqual((0, "3 passed, 0 failed, 0 skipped"), (code, lines[-1]))

    def test_a_failure_fails_and_shows_its_output(self):
        for failure in (FAILED, MISSING):
            code, lines = self.sum_up([PASSED], [failure])
            self.assertEqual((1, "1 passed, 1 failed, 0 skipped"), (code, lines[-1]))
        _, lines = self.sum_up([FAILED])
        self.assertIn("--- FAILED run0: b", lines)
        self.assertIn("1 is not 2", lines)

    def test_a_skip_is_named_and_fails_in_ci_alone(self):
        for skip, name in ((SKIPPED, "c"), (DISABLED, "d")):
            code, lines = self.sum_up([PASSED, skip])
            self.assertEqual((0, "1 passed, 0 failed, 1 skipped"), (code, lines[-1]))
            self.assertIn(f"skipped run0: {name}", lines)
            code, lines = self.sum_up([PASSED, skip], ci="true")
            self.assertEqual((1, "1 passed, 1 failed, 0 skipped"), (code, lines[-1]))

    def test_no_test_at_all_is_no_success(self):
        self.assertEqual(1, self.sum_up()[0])
        self.assertEqual(1, self.sum_up([])[0])


if __name__ == "__main__":
    unittest.main()
