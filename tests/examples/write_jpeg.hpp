// Writes JPEG files, for tests of what reads them.
#pragma once

#include "picture.hpp"

void write_jpeg(const std::string &path, const Picture &picture);
