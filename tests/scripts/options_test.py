#!/usr/bin/env python3
"""options_test.py SCRIPTS: what the scripts make of their arguments. Nothing is installed or built."""
import pathlib
import subprocess
import sys
import tempfile
import unittest

SCRIPTS = pathlib.Path(sys.argv.pop(1))


def run(script, *arguments, cwd=None):
    command = [SCRIPTS / script, *arguments]
    return subprocess.run(command, cwd=cwd, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=900, check=False)


def program(folder, name, script):
    """A stand-in for a program of the build folder."""
    path = pathlib.Path(folder) / "bin" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


class Options(unittest.TestCase):
    def test_help_lists_the_options(self):
        for script, options in {"deps.sh": ("--lint", "--browser", "--cuda", "--models"), "gpu.sh": ("--build", "FOLDER")}.items():
            result = run(script, "--help")
            self.assertEqual((result.returncode, result.stderr), (0, ""), script)
            self.assertIn(f"scripts/{script}", result.stdout)
            self.assertNotIn("set -e", result.stdout)
            for option in options:
                self.assertIn(option, result.stdout)

    def test_unknown_options_are_errors_that_name_them(self):
        for script in ("deps.sh", "gpu.sh"):
            for arguments in (["--cdua"], ["--cdua", "--help"]):
                result = run(script, *arguments)
                self.assertEqual((result.returncode, result.stdout), (2, ""), script)
                self.assertIn("--cdua", result.stderr)
                self.assertIn("--help", result.stderr)

    def test_deps_takes_one_option(self):
        result = run("deps.sh", "--lint", "--cuda")
        self.assertEqual(result.returncode, 2)
        self.assertIn("arguments: --lint --cuda (expected nothing, or one of --lint, --browser, --cuda, --models, --help)", result.stderr)


class Gpu(unittest.TestCase):
    """scripts/gpu.sh over stand-ins, in a build folder named from where the caller is."""

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def gpu(self):
        return run("gpu.sh", "made", cwd=self.folder.name)

    def programs(self, **scripts):
        for name, script in scripts.items():
            program(self.folder.name + "/made", name, script)

    def test_missing_programs_are_named(self):
        result = self.gpu()
        self.assertEqual(result.returncode, 2)
        self.assertIn("made/bin/cuda_device is not there: scripts/gpu.sh --build makes it", result.stderr)

    def test_no_device_is_a_skip(self):
        self.programs(cuda_device="echo skipped: no CUDA device; exit 77", cuda_check="echo not reached", cuda_layers="exit 1")
        result = self.gpu()
        self.assertEqual((result.returncode, result.stdout), (0, "skipped: no CUDA device\n"))

    def test_layers_run_though_a_check_fails(self):
        self.programs(cuda_device="echo device", cuda_check="exit 1", cuda_layers="echo layers")
        result = self.gpu()
        self.assertEqual((result.returncode, result.stdout), (1, "device\nlayers\n"))
        self.programs(cuda_check="echo right")
        self.assertEqual(self.gpu().returncode, 0)


if __name__ == "__main__":
    unittest.main()
