#include <cstdio>
#include <vector>

std::vector<float> maps_of(float pixel);

int main() {
  for (const float value : maps_of(3))
    std::printf("%g\n", static_cast<double>(value));
}
