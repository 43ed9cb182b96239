#include "algorithms/winograd/linear.hpp"

#include <algorithm>
#include <cmath>

namespace convforge {

namespace {

using Halide::Expr;

struct Term {
  double factor = 0;
  Expr value;
};

Expr scaled(const Term &term) {
  return term.factor == 1 ? term.value : term.factor == -1 ? -term.value : float(term.factor) * term.value;
}

/// A chain of multiply-adds, terms without a product first.
Expr sum(std::vector<Term> terms) {
  std::stable_partition(terms.begin(), terms.end(), [](const Term &term) { return term.factor == 1; });
  Expr total;
  for (const Term &term : terms) {
    if (term.factor == 0)
      continue;
    total = !total.defined() ? scaled(term) : term.factor == -1 ? total - term.value : total + scaled(term);
  }
  return total.defined() ? total : Expr(0.0f);
}

/// Are entries of the other row equal to this row's, or opposite, and both kinds there?
bool is_mirror(const std::vector<double> &row, const std::vector<double> &other) {
  bool equal = false, opposite = false;
  for (std::size_t j = 0; j < row.size(); j++) {
    if (std::abs(row[j]) != std::abs(other[j]))
      return false;
    equal = equal || (row[j] != 0 && row[j] == other[j]);
    opposite = opposite || (row[j] != 0 && row[j] == -other[j]);
  }
  return equal && opposite;
}

/// The rows of a and -a: E + a O and E - a O, with E over the columns that are equal in both rows, O over the
/// others, and a the last of these's factor.
void multiply_pair(const std::vector<double> &row, const std::vector<double> &other,
                   const std::vector<Expr> &values, std::vector<Expr> &results) {
  std::vector<Term> even, odd;
  double factor = 0;
  for (std::size_t j = 0; j < row.size(); j++)
    factor = row[j] != other[j] ? row[j] : factor;
  for (std::size_t j = 0; j < row.size(); j++) {
    const bool equal = row[j] == other[j];
    (equal ? even : odd).push_back({equal ? row[j] : row[j] / factor, values[j]});
  }
  const Expr e = sum(even), o = sum(odd);
  results.push_back(sum({{1, e}, {factor, o}}));
  results.push_back(sum({{1, e}, {-factor, o}}));
}

/// Columns j and j + 1 belong to points a and -a if every row has them equal or opposite.
bool is_pair_of_columns(const Matrix &matrix, std::size_t j) {
  bool nonzero = false;
  for (std::size_t i = 0; i < matrix.size(); i++) {
    if (matrix[i][j + 1] != (i % 2 == 0 ? matrix[i][j] : -matrix[i][j]))
      return false;
    nonzero = nonzero || matrix[i][j] != 0;
  }
  return nonzero;
}

} // namespace

std::vector<Expr> multiply(const Matrix &matrix, const std::vector<Expr> &values) {
  std::vector<Expr> results;
  // Sums and differences of paired columns take their place: even rows read the first, odd rows the second.
  std::vector<Expr> sums = values, differences = values;
  std::vector<bool> paired(values.size(), false);
  for (std::size_t j = 0; j + 1 < values.size(); j++) {
    if (matrix.size() > 1 && is_pair_of_columns(matrix, j)) {
      sums[j] = values[j] + values[j + 1];
      differences[j] = values[j] - values[j + 1];
      paired[++j] = true;
    }
  }
  for (std::size_t i = 0; i < matrix.size(); i++) {
    const std::vector<double> &row = matrix[i];
    if (i + 1 < matrix.size() && matrix.size() == row.size() && is_mirror(row, matrix[i + 1])) {
      multiply_pair(row, matrix[i + 1], values, results);
      i++;
      continue;
    }
    std::vector<Term> terms;
    for (std::size_t j = 0; j < row.size(); j++)
      terms.push_back({paired[j] ? 0 : row[j], i % 2 == 0 ? sums[j] : differences[j]});
    results.push_back(sum(terms));
  }
  return results;
}

} // namespace convforge
