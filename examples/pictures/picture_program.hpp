// The main() of a program that makes a picture of another one.
#pragma once

using PictureRun = void (*)(const char *picture, const char *output);

/// Runs `run` on the two paths of the command line and answers the program's exit code: 2 with the usage, 1
/// with what was thrown.
int run_on_picture(int argc, char **argv, const char *program, PictureRun run);
