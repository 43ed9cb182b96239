#include "reference.h"

#include "convforge/elements.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static int *field_of(reference_shape *shape, const char *letters, size_t length) {
  const struct {
    const char *letters;
    int *field;
  } fields[] = {{"g", &shape->g},   {"mb", &shape->mb}, {"ic", &shape->ic}, {"ih", &shape->ih},
                {"iw", &shape->iw}, {"oc", &shape->oc}, {"oh", &shape->oh}, {"ow", &shape->ow},
                {"kh", &shape->kh}, {"kw", &shape->kw}, {"sh", &shape->sh}, {"sw", &shape->sw},
                {"ph", &shape->ph}, {"pw", &shape->pw}, {"dh", &shape->dh}, {"dw", &shape->dw}};
  for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
    if (strlen(fields[i].letters) == length && !strncmp(fields[i].letters, letters, length))
      return fields[i].field;
  return NULL;
}

int reference_parse(const char *descriptor, reference_shape *shape) {
  int found = 0;
  for (const char *p = descriptor; *p && *p != 'n'; found++) {
    size_t length = strcspn(p, "0123456789");
    int *field = field_of(shape, p, length);
    if (!field)
      return -1;
    char *end;
    *field = (int)strtol(p + length, &end, 10);
    p = end;
  }
  return found == 16 ? 0 : -1;
}

double reference_gamma(double m) {
  double u = ldexp(1, -24);
  return m * u / (1 - m * u);
}

static double load(const convforge_tensor_info *info, const void *tensor, int64_t index) {
  return convforge_load_element(info->dtype, tensor, (size_t)index);
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

reference_value reference_sum(const convforge_kernel *kernel, const reference_shape *shape,
                              const reference_tensors *tensors, int n, int h, int w, int k) {
  const int nchw = !strcmp(kernel->layout, "nchw"), oihw = kernel->pack.weights_oihw;
  const int64_t *x_stride = kernel->input.strides, *w_stride = kernel->weights.strides;
  const int64_t x_h = x_stride[nchw ? 2 : 1], x_w = x_stride[nchw ? 3 : 2], x_c = x_stride[nchw ? 1 : 3];
  const int64_t w_r = w_stride[oihw ? 2 : 0], w_s = w_stride[oihw ? 3 : 1], w_c = w_stride[oihw ? 1 : 2],
                w_k = w_stride[oihw ? 0 : 3];
  const int group_in = shape->ic / shape->g, first_in = k / (shape->oc / shape->g) * group_in;
  double sum = 0, magnitude = 0;
  for (int r = 0; r < shape->kh; r++) {
    int y = h * shape->sh - shape->ph + r * (shape->dh + 1);
    for (int s = 0; s < shape->kw; s++) {
      int x = w * shape->sw - shape->pw + s * (shape->dw + 1);
      if (y < 0 || y >= shape->ih || x < 0 || x >= shape->iw)
        continue; /* padding */
      const int64_t pixel = n * x_stride[0] + y * x_h + x * x_w + first_in * x_c;
      const int64_t tap = r * w_r + s * w_s + k * w_k;
      for (int c = 0; c < group_in; c++) {
        double x_value = load(&kernel->input, tensors->input, pixel + c * x_c);
        double product = x_value * load(&kernel->weights, tensors->weights, tap + c * w_c);
        sum += product;
        magnitude += fabs(product);
      }
    }
  }
  reference_value result = {sum, reference_gamma((double)shape->kh * shape->kw * group_in) * magnitude};
  return result;
}
