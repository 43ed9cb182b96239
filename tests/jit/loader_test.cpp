// What the loader gives kernels, what it keeps from them, and what it says when it fails. Without Halide.
#include "base/error.hpp"
#include "fixture.hpp"
#include "loader.hpp"
#include "stored_compiler.hpp"

#include <gtest/gtest.h>

namespace convforge {
namespace {

/// The error of loading the artefact. Nothing may go to standard error: an application's is not LLVM's.
std::string load_error(const Artefact &artefact) {
  testing::internal::CaptureStderr();
  std::string message;
  try {
    LoadedKernel::load(artefact);
  } catch (const Error &error) {
    message = error.what();
  }
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
  return message;
}

TEST(Loader, AKernelCannotNameFunctionsOfTheProcess) {
  const std::string message = load_error(foreign_artefact(small_problem(0)));
  EXPECT_NE(message.find("loading conv_x86_64_sse41: "), std::string::npos) << message;
  EXPECT_NE(message.find("getpid"), std::string::npos) << message;
}

TEST(Loader, WhatIsNoObjectIsNamed) {
  Artefact artefact = stored_artefact(small_problem(0));
  artefact.object.assign(100, 'x');
  EXPECT_NE(load_error(artefact).find("loading conv_x86_64_sse41: "), std::string::npos);
  artefact.object.clear();
  EXPECT_NE(load_error(artefact), "");
}

TEST(Loader, AnObjectWithoutTheKernelsFunctionIsNamed) {
  Artefact artefact = stored_artefact(small_problem(0));
  artefact.symbol = "conv_elsewhere";
  EXPECT_NE(load_error(artefact).find("conv_elsewhere"), std::string::npos);
}

TEST(Loader, LoadsWhatIsWhole) {
  EXPECT_EQ(load_error(stored_artefact(small_problem(0))), "");
}

} // namespace
} // namespace convforge
