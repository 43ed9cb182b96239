// HDF5 files, as far as Keras writes them: groups with symbol tables or links in their headers; datasets that
// are contiguous, compact or in chunks, deflated or not; attributes that are strings. What newer versions of
// the format keep in fractal heaps is refused by name.
// (https://support.hdfgroup.org/documentation/hdf5/latest/_f_m_t3.html: "HDF5 File Format Specification 3.0")
//
// Why not libhdf5: its faults on damaged files would be the program's.
#pragma once

#include "models/constant_budget.hpp"
#include "models/keras/cursor.hpp"
#include "models/tensor.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace convforge::models::keras {

/// Where in the file something lies.
using Address = std::uint64_t;
inline constexpr Address undefined_address = ~Address{0};

/// A message of an object's header: one thing that the file says of the object.
struct HeaderMessage {
  enum Kind : int {
    dataspace = 1,
    link_info = 2,
    datatype = 3,
    link = 6,
    layout = 8,
    filters = 11,
    attribute = 12,
    continuation = 16,
    symbol_table = 17,
    attribute_info = 21
  };
  int kind = 0;
  bool shared = false; ///< elsewhere in the file; such are refused where they are needed
  std::uint64_t place = 0;
  Bytes bytes; ///< what it says
};
using Header = std::vector<HeaderMessage>;

/// The elements of a dataset or attribute.
struct ElementKind {
  enum class Kind { number, fixed_text, variable_text, other };
  Kind kind = Kind::other;
  DataType number = DataType::other;
  std::uint32_t bytes = 0; ///< of an element
  std::string words;       ///< what errors call it
};

class Hdf5File {
public:
  /// Throws Error for what is no HDF5 file. The bytes must outlive it.
  Hdf5File(Bytes file, ConstantBudget &budget);

  using Members = std::map<std::string, Address, std::less<>>;
  Address root() const { return root_; }
  /// Of a group: names and objects. Soft links are left out.
  const Members &members(Address group);
  /// By a path from the group; none where a member is missing.
  std::optional<Address> find(Address group, std::string_view path);
  /// The texts of an attribute; none where there is no such attribute; empty where it is an empty list.
  std::optional<std::vector<std::string>> texts(Address object, std::string_view attribute);
  /// A dataset of numbers, without a name.
  Tensor numbers(Address dataset);

private:
  Header header_of(Address object);
  void read_header_1(Cursor cursor, Header &header);
  void read_header_2(Cursor cursor, Header &header);
  void add_messages_1(Cursor cursor, std::uint64_t size, Header &header, std::vector<HeaderMessage> &later);
  void add_messages_2(Cursor cursor, std::uint64_t size, bool ordered, Header &header,
                      std::vector<HeaderMessage> &later);
  void add_symbols(const HeaderMessage &table, Members &members);
  void add_symbol_node(Address node, Bytes names, int level, Members &members);
  void add_link(const HeaderMessage &link, Members &members);
  std::string heap_text(Bytes element);
  Bytes whole_data(const HeaderMessage &layout, std::uint64_t size);
  Data chunked_data(const Header &header, Cursor layout, const Tensor &tensor);
  /// Bounds the time that a file whose parts refer to one another in circles may take.
  void step();

  Bytes file_;
  ConstantBudget &budget_;
  Address root_ = 0;
  int steps_ = 0;
  std::map<Address, Members> members_;
};

// Parts, a file each: hdf5_types.cpp, hdf5_chunks.cpp.
/// The message of a kind that an object must have; throws Error.
const HeaderMessage &needed_message(const Header &header, HeaderMessage::Kind kind, const char *name);
ElementKind element_kind(Bytes message);
/// Throws Error for more than 8 axes, and for a dataspace without a value.
Shape shape_of_dataspace(Bytes message);

} // namespace convforge::models::keras
