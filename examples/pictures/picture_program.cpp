#include "picture_program.hpp"

#include <cstdio>
#include <exception>

int run_on_picture(int argc, char **argv, const char *program, PictureRun run) {
  if (argc != 3) {
    std::fprintf(stderr, "usage: %s PICTURE.(png|jpg) OUTPUT.png\n", argv[0]);
    return 2;
  }
  try {
    run(argv[1], argv[2]);
    return 0;
  } catch (const std::exception &error) {
    std::fprintf(stderr, "%s: %s\n", program, error.what());
    return 1;
  }
}
