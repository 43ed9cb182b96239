#!/usr/bin/env python3
"""What passes the gates, and what does not."""
import tempfile
import unittest

import exceptions
import figures


def kernel(**changes):
    block = {"kind": "loop", "part": changes.pop("part", None), "share": 1.0, "accumulators": 12, "multiply_add_instructions": 12,
             "spills": {"stores": 0, "reloads": changes.pop("reloads", 0)},
             "mca": {"percent_of_peak": changes.pop("mca", 99.0), "percent_bound": changes.pop("bound", 100.0), "micro_ops": 20}}
    return {"name": "a:b", "target": "x86-64-avx2", "algorithm": "direct", "code_bytes": 2000,
            "problem": "g1mb1ic64ih8iw8oc64oh8ow8kh3kw3sh1sw1ph1pw1dh0dw0",
            "packed": {"bytes": 147520, "formula": "64 for the header + 4 x 2 blocks x 3x3 taps x 64 input channels x 32 output channels"},
            "workspace": {"shared": {"bytes": 0, "formula": "nothing to keep"}, "per_thread": {"bytes": 0, "formula": "nothing to keep"}},
            "hot": [block], **changes}


def recorded(figure, value):
    return {("a:b", "x86-64-avx2", figure): exceptions.Recorded(value, "for a reason")}


class Gates(unittest.TestCase):
    def test_a_good_kernel_passes(self):
        self.assertEqual(exceptions.compare([kernel()], {}), [])

    def test_each_figure_is_limited(self):
        for figure, bad in {"spills": kernel(reloads=1), "mca": kernel(mca=94.9), "bound": kernel(bound=94.9), "text": kernel(code_bytes=24577),
                            "sizes": kernel(packed={"bytes": 64, "formula": "64 for the header + 4 x 2 blocks"})}.items():
            self.assertEqual(list(figures.failures(bad)), [figure])
            self.assertIn(figure, exceptions.compare([bad], {})[0])

    def test_simulated_limits_depend_on_kind_and_target(self):
        depthwise = {"algorithm": "depthwise"}
        self.assertEqual(figures.failures(kernel(mca=85.7, target="x86-64-avx512")), {})
        self.assertEqual(list(figures.failures(kernel(mca=84.9, target="x86-64-avx512"))), ["mca"])
        self.assertEqual(figures.failures(kernel(mca=54.5, **depthwise)), {})
        self.assertEqual(list(figures.failures(kernel(mca=54.5, target="x86-64-avx512", **depthwise))), ["mca"])
        self.assertEqual(list(figures.failures(kernel(mca=60, bound=94, **depthwise))), ["bound"])

    def test_of_first_layers_the_mean_counts(self):
        block = kernel()["hot"][0]
        edge = {**block, "share": 0.02, "mca": {**block["mca"], "percent_of_peak": 60.0}}
        hot = [{**block, "share": 0.98, "mca": {**block["mca"], "percent_of_peak": 99.0}}, edge]
        self.assertEqual(list(figures.failures(kernel(hot=hot))), ["mca"])
        first = kernel(hot=hot, problem="g1mb1ic3ih8iw8oc64oh8ow8kh3kw3", packed=kernel()["packed"])
        self.assertEqual(figures.failures(first), {})
        self.assertEqual(figures.percent(first, "percent_of_peak"), 97.7)  # 1 / (0.98 / 99 + 0.02 / 60)
        edge["share"] = 0.2
        self.assertEqual(list(figures.failures(first)), ["mca"])

    def test_an_exception_allows_what_it_records_and_nothing_worse(self):
        self.assertEqual(exceptions.compare([kernel(reloads=3)], recorded("spills", 3)), [])
        self.assertIn("worse", exceptions.compare([kernel(reloads=4)], recorded("spills", 3))[0])
        self.assertEqual(exceptions.compare([kernel(mca=90.3)], recorded("mca", 90.5)), [])
        self.assertIn("worse", exceptions.compare([kernel(mca=89.9)], recorded("mca", 90.5))[0])

    def test_an_exception_that_is_not_needed_fails(self):
        self.assertIn("Tighten", exceptions.compare([kernel()], recorded("mca", 90))[0])

    def test_the_file_keeps_what_was_written_and_update_keeps_reasons(self):
        with tempfile.NamedTemporaryFile() as file:
            exceptions.write(file.name, exceptions.updated([kernel(reloads=3)], recorded("spills", 3)))
            self.assertEqual(exceptions.read(file.name), recorded("spills", 3))

    def test_of_winograd_kernels_the_products_are_judged(self):
        products, transform = kernel(part="product")["hot"][0], kernel(mca=40.0, reloads=2, part="input transform")["hot"][0]
        hot = [{**transform, "share": 0.5}, {**products, "share": 0.5}]
        self.assertEqual(figures.failures(kernel(algorithm="winograd", hot=hot)), {})
        hot.append({**transform, "part": "product", "share": 0.05})
        self.assertEqual(list(figures.failures(kernel(algorithm="winograd", hot=hot))), ["spills", "mca"])
        self.assertEqual(list(figures.failures(kernel(algorithm="winograd", hot=hot[:1]))), ["bound", "mca"], "no product found")

    def test_formulas_come_to_numbers(self):
        self.assertEqual(figures.value_of("64 for the header + 4 x 1 block x 2x2 taps x 3 input channels x 1 output channel, rounded up to 64"), 128)
        self.assertEqual(figures.value_of("4 x 58 rows x 58 columns x 64 channels of padded input"), 861184)

    def test_formulas_of_eight_bits_come_to_numbers(self):
        self.assertEqual(figures.value_of("64 for the header + 1 x 1 block x 7x1 runs x 24 weights x 64 output channels"
                                          " + 4 x 1 block x 64 output channels of sums + 4 x 1 block x 64 output channels of multipliers"), 11328)
        self.assertEqual(figures.value_of("1 x 19 rows x (229 columns x 3 channels + 3) of the input, rounded up to 64"), 13120)

    def test_eight_bits_have_limits_and_words_of_their_own(self):
        dots = kernel(mca=80, target="x86-64-avx512-vnni", types="u8:s8:u8")
        self.assertEqual(list(figures.failures(dots)), ["mca"])
        self.assertIn("12 dot products on", figures.reason(dots, "mca"))
        self.assertIn("12 FMAs on", figures.reason(kernel(), "mca"))

    def test_kinds(self):
        self.assertEqual(figures.kind(kernel()), "gemm")
        self.assertEqual(figures.kind(kernel(algorithm="depthwise")), "depthwise")
        self.assertEqual(figures.kind(kernel(problem="g1mb1ic3ih8iw8oc64oh8ow8kh3kw3")), "first layer")


if __name__ == "__main__":
    unittest.main()
