// Every field of an entry is checked: what is wrong is named, and no damage passes.
#include "base/error.hpp"
#include "entry.hpp"
#include "fingerprint.hpp"
#include "fixture.hpp"
#include "key.hpp"

#include <gtest/gtest.h>
#include <random>

namespace convforge {
namespace {

std::string message_of(const std::vector<std::uint8_t> &bytes) {
  try {
    decode_entry(bytes);
  } catch (const Error &error) {
    return error.what();
  }
  return "";
}

class EntryTest : public testing::Test {
protected:
  std::vector<std::uint8_t> with(std::size_t at, std::uint8_t value) const {
    std::vector<std::uint8_t> changed = bytes;
    changed[at] = value;
    return changed;
  }
  /// A whole entry whose artefact was changed: its checksum is right.
  template <typename Change>
  std::vector<std::uint8_t> encoded(Change change) const {
    Artefact changed = artefact;
    change(changed);
    return encode_entry(key, changed);
  }

  static constexpr int header_bytes = 56;
  /// A whole entry around any payload.
  std::vector<std::uint8_t> sealed(const std::vector<std::uint8_t> &payload) const {
    std::vector<std::uint8_t> entry(bytes.begin(), bytes.begin() + 16);
    for (int i = 0; i < 8; i++)
      entry.push_back(static_cast<std::uint8_t>(payload.size() >> (8 * i)));
    const std::string digest = entry_name({payload.begin(), payload.end()}); // SHA-256 in hexadecimal
    for (int i = 0; i < 32; i++)
      entry.push_back(static_cast<std::uint8_t>(std::stoi(digest.substr(2 * i, 2), nullptr, 16)));
    entry.insert(entry.end(), payload.begin(), payload.end());
    return entry;
  }

  const Artefact artefact = made_up_artefact(3);
  const std::string key = cache_key(artefact.problem, artefact.plan, artefact.target);
  const std::vector<std::uint8_t> bytes = encode_entry(key, artefact);
};

TEST_F(EntryTest, ComesBackAsItWas) {
  const Entry entry = decode_entry(bytes);
  EXPECT_EQ(entry.key, key);
  const Artefact back = to_artefact(entry, artefact.problem, artefact.plan, artefact.target);
  EXPECT_EQ(back.object, artefact.object);
  EXPECT_EQ(back.symbol, artefact.symbol);
  EXPECT_EQ(back.code_bytes, artefact.code_bytes);
  EXPECT_EQ(back.workspace_shared_bytes, 128u);
  EXPECT_EQ(back.workspace_thread_bytes, 0u);
  EXPECT_EQ(back.pack.layout_id, artefact.pack.layout_id);
  ASSERT_EQ(back.views.size(), 3u);
  EXPECT_EQ(back.views[1].operand, 1);
  EXPECT_EQ(back.views[1].offset, 64u);
}

TEST_F(EntryTest, TheHeadersFieldsAreChecked) {
  EXPECT_NE(message_of(with(0, 'X')).find("magic"), std::string::npos);
  EXPECT_NE(message_of(with(8, 99)).find("format version: 99"), std::string::npos);
  EXPECT_NE(message_of(with(12, 1)).find("reserved"), std::string::npos);
  EXPECT_NE(message_of(with(16, 7)).find("payload length"), std::string::npos);
  EXPECT_NE(message_of(with(24, bytes[24] ^ 1)).find("checksum"), std::string::npos);
  EXPECT_NE(message_of(with(100, bytes[100] ^ 1)).find("checksum"), std::string::npos);
  EXPECT_NE(message_of({}).find("magic"), std::string::npos);
}

TEST_F(EntryTest, ThePayloadsFieldsAreCheckedThoughTheChecksumIsRight) {
  EXPECT_NE(message_of(encoded([](Artefact &a) { a.views.clear(); })).find("view count"), std::string::npos);
  EXPECT_NE(message_of(encoded([](Artefact &a) { a.views[0].operand = 99; })).find("view's operand"),
            std::string::npos);
  EXPECT_NE(message_of(encoded([](Artefact &a) { a.workspace_shared_bytes = 65; })).find("workspace"),
            std::string::npos);
  EXPECT_NE(message_of(encoded([](Artefact &a) {
              a.workspace_thread_bytes = std::size_t{1} << 50;
            })).find("workspace"),
            std::string::npos);
  EXPECT_NE(message_of(encoded([](Artefact &a) { a.code_bytes = 201; })).find("code bytes"),
            std::string::npos);
  EXPECT_NE(message_of(encoded([](Artefact &a) { a.code_bytes = 0; })).find("code bytes"), std::string::npos);
  EXPECT_NE(message_of(encoded([](Artefact &a) { a.object.clear(); })).find("code bytes"), std::string::npos);
  EXPECT_NE(message_of(encoded([](Artefact &a) {
              a.views.resize(CONVFORGE_MAX_VIEWS + 1, {2, 0});
            })).find("view count"),
            std::string::npos);
}

TEST_F(EntryTest, WhatIsLeftOrMissingAfterTheFieldsIsNamedThoughTheChecksumIsRight) {
  const std::vector<std::uint8_t> payload(bytes.begin() + header_bytes, bytes.end());
  EXPECT_EQ(sealed(payload), bytes);
  std::vector<std::uint8_t> longer = payload, shorter = payload, key_too_long = payload;
  longer.push_back(0);
  shorter.pop_back();
  key_too_long[3] = 1; // of the eight bytes of its length
  EXPECT_NE(message_of(sealed(longer)).find("bytes after the object: 1"), std::string::npos);
  EXPECT_NE(message_of(sealed(shorter)).find("object: 200 bytes"), std::string::npos);
  EXPECT_NE(message_of(sealed(key_too_long)).find("key: "), std::string::npos);
}

TEST_F(EntryTest, AViewOutsideItsTensorIsRefused) {
  const Entry outside = decode_entry(encoded([](Artefact &a) { a.views[0].offset = 1 << 20; }));
  EXPECT_THROW(to_artefact(outside, artefact.problem, artefact.plan, artefact.target), Error);
  const Entry not_taken = decode_entry(encoded([](Artefact &a) { a.views[0].operand = 9; }));
  EXPECT_THROW(to_artefact(not_taken, artefact.problem, artefact.plan, artefact.target), Error);
}

TEST_F(EntryTest, NoBitFlipAndNoTruncationPasses) {
  std::mt19937 random(4);
  for (int i = 0; i < 1000; i++) {
    const std::size_t bit = random() % (8 * bytes.size());
    EXPECT_NE(message_of(with(bit / 8, bytes[bit / 8] ^ (1u << bit % 8))), "") << "bit " << bit;
    const std::size_t length = random() % bytes.size();
    EXPECT_NE(message_of({bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(length)}), "") << length;
  }
  std::vector<std::uint8_t> longer = bytes;
  longer.push_back(0);
  EXPECT_NE(message_of(longer), "");
}

TEST_F(EntryTest, KeysDifferWhereverObjectsMay) {
  Plan other = artefact.plan;
  other.unroll_c++;
  EXPECT_NE(cache_key(artefact.problem, other, artefact.target), key);
  EXPECT_NE(cache_key(artefact.problem, artefact.plan, find_target("x86-64-avx2")), key);
  EXPECT_NE(cache_key(small_problem(4), artefact.plan, artefact.target), key);
  EXPECT_NE(key.find(artefact.target.halide), std::string::npos); // its features
  for (const char *version : {"convforge: ", "halide: ", "llvm: ", "abi: "})
    EXPECT_NE(key.find(version), std::string::npos) << version;
  EXPECT_NE(key.find(generator_fingerprint), std::string::npos); // of the sources: fingerprint.cmake
  EXPECT_EQ(entry_name("abc"),                                   // FIPS 180-2, appendix B.1
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad.kernel");
}

} // namespace
} // namespace convforge
