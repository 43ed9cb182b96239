#include <stdio.h>

float plugin_run(const char *cache_dir, const char *program);

int main(int argc, char **argv) {
  if (argc != 3)
    return 1;
  printf("%g\n", plugin_run(argv[1], argv[2]));
  return 0;
}
