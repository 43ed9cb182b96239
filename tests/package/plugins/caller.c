/* Calls a kernel that a shared library exports. */
#include <stddef.h>

size_t conv1_workspace_size(int threads);

int main(void) {
  return conv1_workspace_size(1) % 64 != 0;
}
