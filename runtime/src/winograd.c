/* The matrices of F(m, r) from its points: V. L. Winograd, Arithmetic Complexity of Computations, 1980; in
 * this form by A. Lavin and S. Gray, Fast Algorithms for Convolutional Neural Networks, 2015. With the points
 * a_i, A^T[k][i] = a_i^k,   G[i][k] = a_i^k / prod over j != i of (a_i - a_j), B^T[i] = the coefficients of
 * prod over j != i of (x - a_j), and for infinity A^T[m-1] = G[r-1] = 1, B^T = the coefficients of the
 * product over all points. */
#include "convforge/winograd.h"

#include <stddef.h>
#include <string.h>

enum { MAX = CONVFORGE_WINOGRAD_MAX_POINTS };

/* Finite points for n = 4, 6, 8: 0 and pairs of opposite ones, whose rows share their even and odd parts.
 * Those for n = 6 have half the error of 0, +-1, +-2 (measured; docs/winograd.md). */
static const double points_4[] = {0, 1, -1};
static const double points_6[] = {0, 0.75, -0.75, 1.5, -1.5};
static const double points_8[] = {0, 1, -1, 1.5, -1.5, 0.5, -0.5};

static const double *points_of(int n) {
  return n == 4 ? points_4 : n == 6 ? points_6 : n == 8 ? points_8 : NULL;
}

/* The coefficients of the product of (x - a_j) over all j but `without`, lowest power first. */
static void product(const double *a, int count, int without, double *coefficients) {
  coefficients[0] = 1;
  int degree = 0;
  for (int j = 0; j < count; ++j) {
    if (j == without)
      continue;
    coefficients[++degree] = 0;
    for (int i = degree; i >= 0; --i)
      coefficients[i] = (i > 0 ? coefficients[i - 1] : 0) - a[j] * coefficients[i];
  }
}

static void finite_point(convforge_winograd *w, const double *a, int i) {
  double scale = 1;
  for (int j = 0; j < w->points - 1; ++j)
    scale *= j == i ? 1 : a[i] - a[j];
  double power = 1;
  for (int k = 0; k < MAX; ++k, power *= a[i]) {
    if (k < w->outputs)
      w->output[k][i] = power;
    if (k < w->taps)
      w->weights[i][k] = power / scale;
  }
  product(a, w->points - 1, i, w->input[i]);
}

int convforge_winograd_matrices(int outputs, int taps, convforge_winograd *w) {
  const int identity = outputs == 1 && taps == 1;
  const double *points = points_of(outputs + taps - 1);
  if (outputs < 1 || taps < 1 || (!identity && (outputs < 2 || taps < 2 || points == NULL)))
    return -1;
  memset(w, 0, sizeof *w);
  w->outputs = outputs;
  w->taps = taps;
  w->points = outputs + taps - 1;
  const int infinity = w->points - 1;
  for (int i = 0; i < infinity; ++i)
    finite_point(w, points, i);
  w->output[outputs - 1][infinity] = w->weights[infinity][taps - 1] = 1;
  product(points, infinity, infinity, w->input[infinity]);
  return 0;
}
