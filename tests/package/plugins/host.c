/* Loads shared libraries for all to see each other's symbols, and asks each for its kernel. */
#include <dlfcn.h>
#include <stdio.h>

int main(int count, char **libraries) {
  for (int i = 1; i < count; ++i)
    if (dlopen(libraries[i], RTLD_NOW | RTLD_GLOBAL) == NULL)
      return fprintf(stderr, "%s\n", dlerror());
  for (int i = 1; i < count; ++i) {
    void *plugin = dlopen(libraries[i], RTLD_NOW);
    const char *(*problem)(void) = (const char *(*)(void))dlsym(plugin, "plugin_problem");
    int (*run)(void) = (int (*)(void))dlsym(plugin, "plugin_run");
    printf("%s ", problem());
    if (run() != 0)
      return 1;
  }
  return 0;
}
