#include "reference.h"

#include "convforge/elements.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static int *axis_field_of(reference_axis *axis, char letter) {
  switch (letter) {
  case 'i':
    return &axis->i;
  case 'o':
    return &axis->o;
  case 'k':
    return &axis->k;
  case 's':
    return &axis->s;
  case 'p':
    return &axis->p;
  case 'd':
    return &axis->d;
  default:
    return NULL;
  }
}

static int *field_of(reference_shape *shape, const char *letters, size_t length) {
  if (length == 1)
    return *letters == 'g' ? &shape->g : NULL;
  if (length != 2)
    return NULL;
  if (!strncmp(letters, "mb", 2))
    return &shape->mb;
  if (letters[1] == 'c')
    return *letters == 'i' ? &shape->ic : *letters == 'o' ? &shape->oc : NULL;
  const char *axes = "dhw", *axis = strchr(axes, letters[1]);
  return axis ? axis_field_of(&shape->axes[axis - axes], *letters) : NULL;
}

int reference_parse(const char *descriptor, reference_shape *shape) {
  int found = 0;
  const char *word = "transposed_";
  shape->transposed = !strncmp(descriptor, word, strlen(word));
  shape->axes[0] = (reference_axis){.i = 1, .o = 1, .k = 1, .s = 1};
  shape->padding_mode = NULL;
  for (const char *p = descriptor + (shape->transposed ? strlen(word) : 0); *p && *p != 'n'; found++) {
    size_t length = strcspn(p, "-0123456789");
    int *field = field_of(shape, p, length);
    if (!field)
      return -1;
    char *end;
    *field = (int)strtol(p + length, &end, 10);
    p = end;
  }
  return found == 16 || found == 22 ? 0 : -1;
}

double reference_gamma(double m) {
  double u = ldexp(1, -24);
  return m * u / (1 - m * u);
}

static double load(const convforge_operand *operand, const void *tensor, int64_t index) {
  return convforge_load_element(operand->dtype, tensor, (size_t)index);
}

reference_value reference_store(int32_t dtype, reference_value value) {
  if (dtype != CONVFORGE_F16)
    return value;
  const double largest = fabs(value.value) + value.allowed;
  if (largest >= 65520)
    return (reference_value){value.value, INFINITY};
  const int exponent = largest > 0 ? ilogb(largest) : -14;
  value.allowed += ldexp(0.5, (exponent > -14 ? exponent : -14) - 10);
  return value;
}

/* Those along the axes, of which the first that the tensor has is its dimension `first`. */
static void axis_strides(reference_strides *strides, const convforge_operand *tensor, int first) {
  const int axes = tensor->rank - 2;
  for (int i = 0; i < axes; i++)
    strides->axis[3 - axes + i] = tensor->strides[first + i];
}

reference_strides reference_data_strides(const convforge_kernel *kernel, const convforge_operand *tensor) {
  const int nchw = !strcmp(kernel->layout, "nchw");
  reference_strides strides = {.outer = tensor->strides[0],
                               .channel = tensor->strides[nchw ? 1 : tensor->rank - 1]};
  axis_strides(&strides, tensor, nchw ? 2 : 1);
  return strides;
}

/* Output channels of a group before input channels, and where taps come first or last. */
reference_weights reference_weights_strides(const convforge_kernel *kernel, const reference_shape *shape) {
  const convforge_operand *weights = convforge_weights(kernel);
  const char *layout = kernel->weights_layout;
  const int rank = weights->rank, axes = rank - 2, C = shape->ic / shape->g, K = shape->oc / shape->g;
  const int first_tap = !strcmp(layout, "oihw") || !strcmp(layout, "iohw") ? 2
                        : !strcmp(layout, "ohwi")                          ? 1
                                                                           : 0;
  const char *c = strchr(layout, 'i'), *k = strchr(layout, 'o');
  const int taps_before_c = c - layout > first_tap, taps_before_k = k - layout > first_tap;
  reference_weights strides = {.c = weights->strides[c - layout + taps_before_c * (axes - 2)],
                               .k = weights->strides[k - layout + taps_before_k * (axes - 2)]};
  /* A group is the next K/g where all output channels are one dimension, else the next C/g. */
  strides.group = weights->shape[k - layout + taps_before_k * (axes - 2)] == (int64_t)K * shape->g
                      ? K * strides.k
                      : C * strides.c;
  for (int i = 0; i < axes; i++)
    strides.axis[3 - axes + i] = weights->strides[first_tap + i];
  return strides;
}

int64_t reference_weight_offset(const reference_weights *stride, const reference_shape *shape,
                                const int tap[3], int k) {
  const int K = shape->oc / shape->g;
  return k / K * stride->group + k % K * stride->k + tap[0] * stride->axis[0] + tap[1] * stride->axis[1] +
         tap[2] * stride->axis[2];
}

int64_t reference_offset(const reference_strides *stride, const int at[3]) {
  return at[0] * stride->axis[0] + at[1] * stride->axis[1] + at[2] * stride->axis[2];
}

int64_t reference_index(const convforge_kernel *kernel, const convforge_operand *tensor, int n,
                        const int at[3], int c) {
  const reference_strides stride = reference_data_strides(kernel, tensor);
  return n * stride.outer + reference_offset(&stride, at) + c * stride.channel;
}

/* The modes' definitions, in the words of torch.nn.functional.pad and numpy.pad. */
static int padded_with(const char *mode, int at, int size) {
  if (!strcmp(mode, "reflect"))
    at = at < 0 ? -at : 2 * (size - 1) - at;
  else if (!strcmp(mode, "circular"))
    at = at < 0 ? at + size : at - size;
  return at < 0 ? 0 : at >= size ? size - 1 : at;
}

int reference_element_at(const reference_shape *shape, int axis, int at) {
  const int size = shape->axes[axis].i;
  if (at >= 0 && at < size)
    return at;
  return shape->padding_mode ? padded_with(shape->padding_mode, at, size) : -1;
}

int reference_input_under(const reference_shape *shape, const int out[3], const int tap[3], int in[3]) {
  int inside = 1;
  for (int i = 0; i < 3; i++) {
    const reference_axis *axis = &shape->axes[i];
    const int forward = out[i] * axis->s - axis->p + tap[i] * (axis->d + 1);
    const int distance = out[i] + axis->p - tap[i] * (axis->d + 1); /* of a transposed one */
    const int between = shape->transposed && distance % axis->s != 0;
    in[i] = between ? -1 : reference_element_at(shape, i, shape->transposed ? distance / axis->s : forward);
    inside &= in[i] >= 0;
  }
  return inside;
}

reference_value reference_sum(const convforge_kernel *kernel, const reference_shape *shape,
                              const reference_tensors *tensors, int n, const int out[3], int k) {
  const convforge_operand *input = convforge_input(kernel), *weights = convforge_weights(kernel);
  const reference_strides x = reference_data_strides(kernel, input);
  const reference_weights w = reference_weights_strides(kernel, shape);
  const int group_in = shape->ic / shape->g, first_in = k / (shape->oc / shape->g) * group_in;
  const int T = shape->axes[0].k, R = shape->axes[1].k, S = shape->axes[2].k;
  const int64_t image = n * x.outer + first_in * x.channel;
  double sum = 0, magnitude = 0;
  for (int i = 0; i < T * R * S; i++) {
    const int tap[3] = {i / S / R, i / S % R, i % S};
    int in[3];
    if (!reference_input_under(shape, out, tap, in))
      continue;
    const int64_t pixel = image + reference_offset(&x, in),
                  weight = reference_weight_offset(&w, shape, tap, k);
    for (int c = 0; c < group_in; c++) {
      double product = load(input, tensors->input, pixel + c * x.channel) *
                       load(weights, tensors->weights, weight + c * w.c);
      sum += product;
      magnitude += fabs(product);
    }
  }
  reference_value result = {sum, reference_gamma((double)T * R * S * group_in) * magnitude};
  return result;
}
