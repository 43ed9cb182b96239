/* Prints the first CUDA GPU's name, or that there is none (77). */
#include "device.h"

#include <stdio.h>

int main(void) {
  if (device_open() != 0) {
    printf("skipped: no CUDA device\n");
    return 77;
  }
  printf("%s\n", device_name());
  return 0;
}
