#include "reference_quantised.h"

#include "convforge/elements.h"
#include "convforge/quantise.h"

#include <string.h>

int reference_is_quantised(const convforge_kernel *kernel) {
  const int32_t source = convforge_input(kernel)->dtype;
  return source == CONVFORGE_U8 || source == CONVFORGE_S8;
}

static int64_t load(const convforge_operand *operand, const void *tensor, int64_t index) {
  return (int64_t)convforge_load_element(operand->dtype, tensor, (size_t)index);
}

/* Sum of weights x (input - zero point); in the padding the difference is 0. */
static int64_t sum_of_products(const convforge_kernel *kernel, const reference_shape *shape,
                               void *const *values, int n, const int out[3], int k) {
  const convforge_operand *input = convforge_input(kernel), *weights = convforge_weights(kernel);
  const reference_strides x = reference_data_strides(kernel, input);
  const reference_weights w = reference_weights_strides(kernel, shape);
  const int group_in = shape->ic / shape->g, first_in = k / (shape->oc / shape->g) * group_in;
  const int T = shape->axes[0].k, R = shape->axes[1].k, S = shape->axes[2].k;
  int64_t sum = 0;
  for (int i = 0; i < T * R * S; i++) {
    const int tap[3] = {i / S / R, i / S % R, i % S};
    int in[3];
    if (!reference_input_under(shape, out, tap, in))
      continue;
    const int64_t pixel = n * x.outer + first_in * x.channel + reference_offset(&x, in);
    const int64_t weight = reference_weight_offset(&w, shape, tap, k);
    for (int c = 0; c < group_in; c++)
      sum += (load(input, values[0], pixel + c * x.channel) - kernel->pack.dot.source_zero_point) *
             load(weights, values[1], weight + c * w.c);
  }
  return sum;
}

/* Element k of what is packed under that name; 0: nothing is. */
static double packed_value(const convforge_kernel *kernel, void *const *values, const char *name, int k) {
  const int i = convforge_find_operand(kernel, name);
  if (i < 0 || kernel->operands[i].role != CONVFORGE_PACKED)
    return 0;
  return convforge_load_element(kernel->operands[i].dtype, values[i], (size_t)k);
}

/* The epilogue's text past a bias, which is part of the sum. */
static const char *past_bias(const char *epilogue) {
  const size_t length = strlen("bias");
  if (strncmp(epilogue, "bias", length) != 0 || (epilogue[length] != ',' && epilogue[length] != '\0'))
    return epilogue;
  return epilogue + length + (epilogue[length] == ',');
}

/* The product is rounded to float, as kernels have it; of what follows only relu rounds nothing. */
static reference_value real_result(const convforge_kernel *kernel, float product, const double *operands) {
  const char *epilogue = past_bias(kernel->epilogue);
  reference_value result = reference_epilogue(epilogue, (reference_value){product, 0}, operands);
  if (strcmp(epilogue, "relu") == 0)
    result.allowed = 0;
  return result;
}

reference_value reference_quantised(const convforge_kernel *kernel, const reference_shape *shape,
                                    void *const *values, int n, const int out[3], int k,
                                    const double *operands) {
  const int64_t sum =
      sum_of_products(kernel, shape, values, n, out, k) + (int64_t)packed_value(kernel, values, "bias", k);
  if (convforge_output(kernel)->dtype == CONVFORGE_S32)
    return (reference_value){(double)sum, 0};
  const double multiplier = packed_value(kernel, values, "multipliers", k);
  const convforge_requantisation *how = kernel->requantisation;
  if (how == NULL)
    return real_result(kernel, (float)sum * (float)multiplier, operands);
  const int32_t residual = how->residual_factor != 0 ? (int32_t)operands[0] : 0;
  return (reference_value){convforge_requantise(how, (int32_t)sum, multiplier, residual), 0};
}
