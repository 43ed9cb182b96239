/* What stored_compiler.cpp answers for every problem: output[0] = input[0] + packed weight 0. Built without
 * sanitizers and without the standard library, like a kernel. With SLOW, it takes its time. */
int conv_x86_64_sse41(void **arguments);

int conv_x86_64_sse41(void **arguments) {
#ifdef SLOW
  for (volatile int step = 0; step < 20000; ++step) {
  }
#endif
  const float *input = arguments[1], *weights = arguments[2];
  float *output = arguments[3];
  output[0] = input[0] + weights[0];
  return 0;
}
