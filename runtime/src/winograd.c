/* The matrices of F(m, r) from its points: V. L. Winograd, Arithmetic Complexity of Computations, 1980; in
 * this form by A. Lavin and S. Gray, Fast Algorithms for Convolutional Neural Networks, 2015. With the points
 * a_i, A^T[k][i] = a_i^k,   G[i][k] = a_i^k / prod over j != i of (a_i - a_j), B^T[i] = the coefficients of
 * prod over j != i of (x - a_j), and for infinity A^T[m-1] = G[r-1] = 1, B^T = the coefficients of the
 * product over all points.
 * Stride s: output k is the sum over the phases p < s of sum over i of g[p + s i] d[p + s (k + i)], each a
 * convolution of stride 1 of the phase's taps and inputs. Their points follow one another. */
#include "convforge/winograd.h"

#include <stddef.h>
#include <string.h>

enum { MAX = CONVFORGE_WINOGRAD_MAX_POINTS };

/* Finite points for n values: 0 and pairs of opposite ones, whose rows share their even and odd parts. Those
 * for n = 6 have half the error of 0, +-1, +-2 (measured; docs/winograd.md). */
static const double points_3[] = {0, 1};
static const double points_4[] = {0, 1, -1};
static const double points_5[] = {0.375, -0.375, 1.5, -1.5};
static const double points_6[] = {0, 0.75, -0.75, 1.5, -1.5};
static const double points_7[] = {0.25, -0.25, 0.875, -0.875, 1.75, -1.75};
static const double points_8[] = {0, 1, -1, 1.5, -1.5, 0.5, -0.5};

static const double *points_of(int n) {
  static const double *const points[] = {
      [3] = points_3, [4] = points_4, [5] = points_5, [6] = points_6, [7] = points_7, [8] = points_8};
  return n >= 0 && n < (int)(sizeof points / sizeof *points) ? points[n] : NULL;
}

/* The taps first, first + stride, ... and the inputs beside them. */
typedef struct phase {
  int first, stride, taps;
  int first_point, points;
} phase;

static phase phase_of(const convforge_winograd *w, int first, int first_point) {
  const int own = (w->taps - first + w->stride - 1) / w->stride;
  return (phase){first, w->stride, own, first_point, w->outputs + own - 1};
}

/* Of the finite points of a table that begin with 0, or without it: is `i` among the `removed` ones? Pairs,
 * as they come, stay whole: rows share their parts, and an odd number begins with 0. docs/winograd.md has
 * what other choices would magnify. */
static int is_removed(const double *a, int removed, int i) {
  const int first = a[0] == 0 && removed % 2 == 0 ? 1 : 0;
  return i >= first && i < first + removed;
}

/* The coefficients of the product of (x - a_j) over all j but `without` and those removed, lowest power
 * first. */
static void product(const double *a, int count, int removed, int without, double *coefficients) {
  coefficients[0] = 1;
  int degree = 0;
  for (int j = 0; j < count; ++j) {
    if (j == without || is_removed(a, removed, j))
      continue;
    coefficients[++degree] = 0;
    for (int i = degree; i >= 0; --i)
      coefficients[i] = (i > 0 ? coefficients[i - 1] : 0) - a[j] * coefficients[i];
  }
}

/* Row `i` of the phase's B^T. */
static void input_row(convforge_winograd *w, const phase *p, const double *a, int i) {
  double coefficients[MAX] = {0};
  product(a, p->points - 1, 0, i, coefficients);
  for (int j = 0; j < p->points; ++j)
    w->input[p->first_point + i][p->first + p->stride * j] = coefficients[j];
}

static void finite_point(convforge_winograd *w, const phase *p, const double *a, int i) {
  const int point = p->first_point + i;
  double scale = 1;
  for (int j = 0; j < p->points - 1; ++j)
    scale *= j == i ? 1 : a[i] - a[j];
  double power = 1;
  for (int k = 0; k < MAX; ++k, power *= a[i]) {
    if (k < w->outputs)
      w->output[k][point] = power;
    if (k < p->taps)
      w->weights[point][p->first + p->stride * k] = power / scale;
  }
  input_row(w, p, a, i);
}

/* One tap: each output is a product of its own, and all have the same filter. */
static void plain_products(convforge_winograd *w, const phase *p) {
  for (int k = 0; k < p->points; ++k) {
    const int point = p->first_point + k;
    w->output[k][point] = w->weights[point][p->first] = w->input[point][p->first + p->stride * k] = 1;
  }
  w->filter_points += 1;
}

static int add_phase(convforge_winograd *w, const phase *p) {
  if (p->taps == 1) {
    plain_products(w, p);
    return 0;
  }
  const double *points = points_of(p->points);
  if (points == NULL)
    return -1;
  const int infinity = p->points - 1;
  for (int i = 0; i < infinity; ++i)
    finite_point(w, p, points, i);
  w->output[w->outputs - 1][p->first_point + infinity] = 1;
  w->weights[p->first_point + infinity][p->first + p->stride * (p->taps - 1)] = 1;
  input_row(w, p, points, infinity);
  w->filter_points += p->points;
  return 0;
}

/* F(1, r): the products of inputs and taps as they are, and their sum. */
static int plain_sum(convforge_winograd *w) {
  for (int i = 0; i < w->taps; ++i)
    w->input[i][i] = w->weights[i][i] = w->output[0][i] = 1;
  w->points = w->filter_points = w->taps;
  return 0;
}

static int in_range(int outputs, int taps, int stride) {
  if (outputs == 1)
    return taps >= 1 && taps <= MAX;
  return outputs >= 2 && outputs <= MAX && stride >= 1 && stride <= 2 && taps > stride &&
         taps <= MAX - stride * (outputs - 1);
}

int convforge_winograd_matrices(int outputs, int taps, int stride, convforge_winograd *w) {
  if (!in_range(outputs, taps, stride))
    return -1;
  memset(w, 0, sizeof *w);
  w->outputs = outputs;
  w->taps = taps;
  w->stride = stride;
  if (outputs == 1)
    return plain_sum(w);
  for (int first = 0; first < stride; ++first) {
    const phase p = phase_of(w, first, w->points);
    if (add_phase(w, &p) != 0)
      return -1;
    w->points += p.points;
  }
  return 0;
}

/* Without infinity, which only the last output reads, and `removed` finite points: the same filters' points
 * stand for shorter products, when each row of B^T makes up for the factors a_i - a_j of G's scale. */
static void keep_points(convforge_winograd *w, const phase *p, int wanted) {
  const double *a = points_of(p->points);
  const int finite = p->points - 1, removed = finite - (wanted + p->taps - 1);
  for (int i = 0; i < finite; ++i) {
    if (is_removed(a, removed, i))
      continue;
    double coefficients[MAX] = {0}, scale = 1;
    product(a, finite, removed, i, coefficients);
    for (int j = 0; j < finite; ++j)
      scale *= is_removed(a, removed, j) ? a[i] - a[j] : 1;
    for (int j = 0; j < wanted + p->taps - 1; ++j)
      w->input[p->first_point + i][p->first + p->stride * j] = scale * coefficients[j];
  }
}

int convforge_winograd_keep_outputs(convforge_winograd *w, int wanted) {
  if (wanted < 1 || wanted > w->outputs)
    return -1;
  if (wanted == w->outputs)
    return 0;
  memset(w->input, 0, sizeof w->input);
  for (int first = 0, point = 0; first < w->stride; ++first) {
    const phase p = phase_of(w, first, point);
    if (p.taps > 1)
      keep_points(w, &p, wanted);
    for (int k = 0; p.taps == 1 && k < wanted; ++k)
      w->input[point + k][p.first + p.stride * k] = 1;
    point += p.points;
  }
  return 0;
}
