#include "verify/npy.hpp"

#include "base/error.hpp"
#include "verify/npy_header.hpp"
#include "verify/random.hpp"

#include <cmath>
#include <cstring>
#include <fstream>
#include <gtest/gtest.h>
#include <limits>

using namespace convforge;

namespace {

using Bytes = std::vector<std::uint8_t>;

/// A file of the given version whose header is `text` and whose data are `data_bytes` bytes counting up.
Bytes file(const std::string &text, std::size_t data_bytes, int version = 1) {
  Bytes bytes = {0x93, 'N', 'U', 'M', 'P', 'Y', static_cast<std::uint8_t>(version), 0};
  for (int i = 0; i < (version == 1 ? 2 : 4); ++i)
    bytes.push_back(static_cast<std::uint8_t>(text.size() >> (8 * i)));
  bytes.insert(bytes.end(), text.begin(), text.end());
  for (std::size_t i = 0; i < data_bytes; ++i)
    bytes.push_back(static_cast<std::uint8_t>(i));
  return bytes;
}

std::string header(const std::string &shape, const std::string &descr = "<f4") {
  return "{'descr': '" + descr + "', 'fortran_order': False, 'shape': " + shape + ", }\n";
}

std::string refusal(const Bytes &bytes) {
  try {
    parse_npy(bytes, "w.npy");
  } catch (const Error &error) {
    return error.what();
  }
  return "accepted";
}

void expect_refused(const Bytes &bytes, const std::string &part) {
  const std::string message = refusal(bytes);
  EXPECT_NE(message.find(part), std::string::npos) << message;
  EXPECT_EQ(message.find("w.npy: "), 0u) << message;
  EXPECT_NE(message.find("(expected"), std::string::npos) << message;
}

TEST(Npy, RoundTrip) {
  const std::vector<std::vector<std::int64_t>> shapes = {{}, {1}, {7}, {2, 3}, {3, 3, 8, 2}, {0}, {4, 0, 2}};
  for (const auto &shape : shapes) {
    std::size_t count = 1;
    for (const std::int64_t extent : shape)
      count *= static_cast<std::size_t>(extent);
    std::vector<float> values(count);
    for (std::size_t i = 0; i < count; ++i)
      values[i] = static_cast<float>(i) * -0.3f;
    const Bytes bytes = format_npy(shape, values);
    EXPECT_EQ((bytes.size() - values.size() * 4) % 64, 0u);
    const NpyArray array = parse_npy(bytes, "w.npy");
    EXPECT_EQ(array.shape, shape);
    EXPECT_EQ(floats_of(array), values);
  }
}

TEST(Npy, KeepsEveryBitPattern) {
  const std::vector<float> values = {-0.0f, std::numeric_limits<float>::denorm_min(), INFINITY, -INFINITY,
                                     NAN};
  const NpyArray array = parse_npy(format_npy(std::vector<std::int64_t>{5}, values), "w.npy");
  EXPECT_EQ(std::memcmp(array.elements.data(), values.data(), 5 * sizeof(float)), 0);
  EXPECT_EQ(std::memcmp(floats_of(array).data(), values.data(), 5 * sizeof(float)), 0);
}

// What numpy 1.26 writes for numpy.save(f, numpy.float32([[1, 2]])).
TEST(Npy, WritesWhatNumpyWrites) {
  std::string text = "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 2), }";
  text += std::string(117 - text.size(), ' ') + "\n";
  Bytes expected = file(text, 0);
  for (const std::uint8_t byte : {0, 0, 0x80, 0x3f, 0, 0, 0, 0x40})
    expected.push_back(byte);
  EXPECT_EQ(format_npy(std::vector<std::int64_t>{1, 2}, std::vector<float>{1, 2}), expected);
}

TEST(Npy, ReadsVersions1To3) {
  for (const int version : {1, 2, 3})
    EXPECT_EQ(parse_npy(file(header("(2, 3)"), 24, version), "w.npy").elements.size(), 24u);
  expect_refused(file(header("(2, 3)"), 24, 4), "version 4.0");
  expect_refused(file(header("(2, 3)"), 24, 0), "version 0.0");
}

TEST(Npy, ReadsKeysInAnyOrderAndEitherQuotes) {
  const Bytes bytes = file(R"( {"shape":(3,),"fortran_order" : False , "descr":"<f4"} )", 12);
  EXPECT_EQ(parse_npy(bytes, "w.npy").shape, std::vector<std::int64_t>{3});
}

Bytes file_of_doubles(const std::vector<double> &values) {
  Bytes bytes = file(header("(" + std::to_string(values.size()) + ",)", "<f8"), 0);
  const auto *data = reinterpret_cast<const std::uint8_t *>(values.data());
  bytes.insert(bytes.end(), data, data + values.size() * sizeof(double));
  return bytes;
}

TEST(Npy, TakesDoublesThatAreFloats) {
  const NpyArray array = parse_npy(file_of_doubles({0.5, -INFINITY, 16777216, 0x1p-149, -0.0, NAN}), "w.npy");
  EXPECT_EQ(array.type, ElementType::f64);
  const std::vector<float> values = floats_of(array);
  EXPECT_TRUE(std::isnan(values.back()));
  EXPECT_TRUE(std::signbit(values[4]));
  EXPECT_EQ(std::vector<float>(values.begin(), values.end() - 2),
            (std::vector<float>{0.5f, -INFINITY, 16777216, 0x1p-149f}));
}

TEST(Npy, KeepsHalves) {
  const std::vector<float> values = {0.5f, -INFINITY, 65504, 0x1p-24f, -0.0f};
  const Bytes bytes = format_npy(std::vector<std::int64_t>{5}, values, ElementType::f16);
  EXPECT_EQ(std::string(bytes.begin(), bytes.end()).find("'<f2'"), 20u);
  const NpyArray array = parse_npy(bytes, "w.npy");
  EXPECT_EQ(array.type, ElementType::f16);
  EXPECT_EQ(floats_of(array), values);
  EXPECT_TRUE(std::signbit(floats_of(array)[4]));
  EXPECT_EQ(parse_npy(file(header("(2,)"), 8), "w.npy").type, ElementType::f32);
  expect_refused(file(header("(2,)", "<f2"), 8), "8 bytes of data");
}

TEST(Npy, KeepsIntegers) {
  const struct {
    ElementType type;
    const char *descr;
    std::vector<double> values;
  } cases[] = {{ElementType::u8, "'|u1'", {0, 1, 127, 128, 255}},
               {ElementType::s8, "'|i1'", {-128, -1, 0, 127}},
               {ElementType::s32, "'<i4'", {INT32_MIN, -1, 0, 16777217, INT32_MAX}}};
  for (const auto &[type, descr, values] : cases) {
    const auto count = static_cast<std::int64_t>(values.size());
    const Bytes bytes = format_npy({{count}, type, to_elements(type, values)});
    EXPECT_NE(std::string(bytes.begin(), bytes.end()).find(descr), std::string::npos) << descr;
    const NpyArray array = parse_npy(bytes, "w.npy");
    EXPECT_EQ(array.type, type);
    EXPECT_EQ(from_elements<double>(type, array.elements), values);
    EXPECT_EQ(format_npy(array), bytes);
  }
}

TEST(Npy, RefusesNumbersThatWouldBeRounded) {
  const auto refused = [](const NpyArray &array, const std::string &part) {
    try {
      floats_of(array, "w.npy");
      ADD_FAILURE() << part;
    } catch (const Error &error) {
      EXPECT_NE(std::string(error.what()).find(part), std::string::npos) << error.what();
      EXPECT_EQ(std::string(error.what()).find("w.npy: "), 0u) << error.what();
    }
  };
  refused(parse_npy(file_of_doubles({1, 0.1}), "w.npy"), "element 1 is 0.1, which float32 would round");
  for (const double value : {1e300, -1e300, 16777217.0, 0x1p-150, 1 + 0x1p-24})
    refused(parse_npy(file_of_doubles({value}), "w.npy"), "save array.astype('<f4')");
}

TEST(Npy, RefusesOtherTypesAndOrders) {
  for (const char *descr : {">f4", ">f2", "<i8", ">i4", "<u4", "<i2", "|b1", "<c8", "|O"})
    expect_refused(file(header("(2,)", descr), 8), "element type");
  expect_refused(file("{'descr': '<f4', 'fortran_order': True, 'shape': (2,), }", 8), "Fortran order");
  expect_refused(file("{'descr': [('x', '<f4')], 'fortran_order': False, 'shape': (2,), }", 8),
                 "a type such as");
}

TEST(Npy, RefusesWrongSizes) {
  expect_refused(file(header("(2, 3)"), 23), "23 bytes of data");
  expect_refused(file(header("(2, 3)"), 25), "25 bytes of data");
  expect_refused(file(header("(4294967296, 4294967296, 4)"), 0), "more than any file holds");
  expect_refused(file(header("(2305843009213693952, 2)"), 0),
                 "more than any file holds"); // wraps to 0 in 64 bits
  expect_refused(file(header("(99999999999999999999,)"), 0), "a dimension");
  expect_refused(file(header("(-1,)"), 0), "a dimension");
}

TEST(Npy, RefusesBrokenHeaders) {
  for (const char *text :
       {"", "{", "{}", "[]", "{'descr': '<f4'}", "{'descr'}", "{'descr': '<f4}", "{'x': 1}",
        "{'descr': '<f4', 'descr': '<f4'}", "{'descr': '<f4', 'fortran_order': Maybe}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), } x",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (2 2)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (1,1,1,1,1,1,1,1,1)}"})
    expect_refused(file(text, 8), "");
  expect_refused({}, "not a .npy file");
  expect_refused({0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, 0xff, 0xff}, "a header of 65535 bytes");
  expect_refused({0x93, 'N', 'U', 'M', 'P', 'Y', 2, 0, 0xff, 0xff, 0xff, 0xff},
                 "a header of 4294967295 bytes");
}

TEST(Npy, RefusesEveryTruncation) {
  const Bytes whole = format_npy(std::vector<std::int64_t>{2, 5}, std::vector<float>(10));
  for (std::size_t size = 0; size < whole.size(); ++size)
    EXPECT_NE(refusal({whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)}), "accepted")
        << size;
}

// Whatever a header holds, the answer is an array as large as its data or an Error. Run it under the address
// sanitizer, too.
TEST(Npy, SurvivesMutatedFiles) {
  Random random(1);
  const std::string alphabet = "{}()[]'\",: 0123456789<>f48descrfortran_ordershapeFalseTrue\n\0\xff";
  int accepted = 0;
  for (int round = 0; round < 20000; ++round) {
    Bytes bytes = file(header("(2, 3)", random.chance(2) ? "<f4" : "<f8"), 24 * random.integer(1, 2),
                       random.integer(1, 3));
    for (int change = random.integer(1, 4); change > 0 && !bytes.empty(); --change) {
      const auto at = bytes.begin() + random.integer(0, static_cast<int>(bytes.size()) - 1);
      switch (random.integer(0, 3)) {
      case 0:
        *at = static_cast<std::uint8_t>(random.next());
        break;
      case 1:
        *at = static_cast<std::uint8_t>(alphabet[random.next() % alphabet.size()]);
        break;
      case 2:
        bytes.erase(at);
        break;
      default:
        bytes.insert(at, static_cast<std::uint8_t>(alphabet[random.next() % alphabet.size()]));
      }
    }
    try {
      const NpyArray array = parse_npy(bytes, "w.npy");
      EXPECT_LE(array.elements.size(), bytes.size());
      ++accepted;
    } catch (const Error &) {
    }
  }
  EXPECT_GT(accepted, 100); // mutations of the data alone, spaces, ...
  EXPECT_LT(accepted, 15000);
}

TEST(Npy, ReadsFiles) {
  const auto path = std::filesystem::path(testing::TempDir()) / "convforge_npy_test.npy";
  const Bytes bytes = format_npy(std::vector<std::int64_t>{3}, std::vector<float>{1, 2, 3});
  std::ofstream(path, std::ios::binary)
      .write(reinterpret_cast<const char *>(bytes.data()), std::ssize(bytes));
  EXPECT_EQ(floats_of(read_npy(path)), (std::vector<float>{1, 2, 3}));
  std::filesystem::resize_file(path, bytes.size() - 1);
  EXPECT_THROW(read_npy(path), Error);
  std::filesystem::resize_file(path, 0);
  EXPECT_THROW(read_npy(path), Error);
  std::filesystem::remove(path);
  EXPECT_THROW(read_npy(path), Error);
  EXPECT_THROW(read_npy(testing::TempDir()), Error);
}

} // namespace
