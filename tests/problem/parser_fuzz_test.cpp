// Mutated text through the two parsers: each answers with an Error or with a value that prints and reads back
// the same.
#include "base/error.hpp"
#include "problem/problem.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

namespace convforge {
namespace {

constexpr int strings = 20000;

class Mutator {
public:
  Mutator(std::vector<std::string> seeds, std::string alphabet)
      : seeds_(std::move(seeds)), alphabet_(std::move(alphabet)) {}

  std::string next() {
    std::string text = seeds_[below(seeds_.size())];
    for (std::size_t edits = below(4); edits > 0; --edits)
      edit(text);
    return text;
  }

private:
  std::size_t below(std::size_t limit) { return random_() % limit; }
  char letter() { return below(20) == 0 ? static_cast<char>(random_()) : alphabet_[below(alphabet_.size())]; }

  void edit(std::string &text) {
    const std::size_t at = below(text.size() + 1), kind = below(4);
    if (kind == 0)
      text.insert(at, 1, letter());
    else if (kind == 1)
      text.erase(at, 1 + below(3));
    else if (kind == 2 && at < text.size())
      text[at] = letter();
    else
      text.insert(at, piece(seeds_[below(seeds_.size())]));
  }

  std::string piece(const std::string &seed) { return seed.substr(below(seed.size()), 1 + below(6)); }

  std::vector<std::string> seeds_;
  std::string alphabet_;
  std::mt19937 random_; // the standard fixes its default seed and sequence
};

/// How many of the mutated strings `check` accepts, that is, does not answer with an Error.
template <typename Check>
int accepted(Mutator mutator, const Check &check) {
  int count = 0;
  for (int i = 0; i < strings; ++i) {
    const std::string text = mutator.next();
    try {
      check(text);
      ++count;
    } catch (const Error &error) {
      EXPECT_STRNE(error.what(), "") << text;
    }
  }
  return count;
}

TEST(ParserFuzz, Descriptors) {
  const Mutator mutator({"mb1ic64ih56oc64oh56kh3ph1",
                         "g2mb2ic4ih17iw19oc6oh17ow9kh3kw5sh1sw2ph1pw2dh0dw0n\"name\"",
                         "ic3iw2147483646oc2kw3pw1dw2147483645", "g32ic32ih112oc32oh56kh3sh2"},
                        "0123456789hwdgiokspmbc_n\"");
  const int count = accepted(mutator, [](const std::string &text) {
    const Problem problem = Problem::parse(text);
    const Problem again = Problem::parse(problem.descriptor());
    EXPECT_EQ(again, problem) << text;
    EXPECT_EQ(again.name, problem.name) << text;
    EXPECT_GT(problem.multiply_adds(), 0) << text;
  });
  EXPECT_GT(count, strings / 20);
  EXPECT_LT(count, strings);
}

TEST(ParserFuzz, Epilogues) {
  const Mutator mutator({"bias,residual,relu", "bias,clip:-1.5:6e3", "leaky_relu:0.1,residual", "elu:1e-3",
                         "gelu_tanh", "bias,scale,bias,prelu,affine:1.1:-0.2,residual,relu,tanh"},
                        "0123456789.:,-+e_abilrsu");
  const int count = accepted(mutator, [](const std::string &text) {
    const Epilogue epilogue = Epilogue::parse(text);
    EXPECT_EQ(Epilogue::parse(epilogue.text()), epilogue) << text;
  });
  EXPECT_GT(count, strings / 20);
  EXPECT_LT(count, strings);
}

} // namespace
} // namespace convforge
