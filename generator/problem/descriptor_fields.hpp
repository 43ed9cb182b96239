// The fields of a descriptor, and of what is written like one: names of letters with their numbers, one after
// another.
#pragma once

#include "problem/axis.hpp"

#include <map>
#include <span>
#include <string>
#include <string_view>

namespace convforge {

class Fields {
public:
  /// Throws Error for a name that is there already.
  void add(std::string_view name, int value);
  bool has(std::string_view name) const { return values_.contains(name); }
  int get(std::string_view name, int otherwise) const;
  /// Throws Error, saying what the name means, where it is missing.
  int require(std::string_view name, std::string_view meaning) const;
  /// Is there any field of the axis of that letter?
  bool has_axis(char axis) const;
  /// Gives an axis the fields of another one that it lacks.
  void copy_axis(char from, char to);

private:
  std::map<std::string, int, std::less<>> values_;
};

/// What may be written, and what errors call it.
struct FieldNames {
  std::string_view text; ///< "descriptor"
  std::span<const std::string_view> known;
  std::string_view more;    ///< that is taken beside fields, for the error that lists them
  std::string_view example; ///< "ic64ih56oc64kh3ph1"
};

/// The fields, between which there may be underscores. Throws Error for anything else, a field twice, and
/// numbers out of range.
Fields take_fields(std::string_view written, const FieldNames &names);

/// The axis that the fields give, with the padding and the output that follow where they are left out. Throws
/// Error.
Axis axis_of(const Fields &given, const AxisFields &fields, bool transposed);

} // namespace convforge
