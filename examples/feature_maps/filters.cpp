#include "filters.hpp"

#include <cmath>
#include <functional>

namespace {

constexpr int size = 7, radius = size / 2, colours = 3;
constexpr double pi = 3.14159265358979323846;
using Profile =
    std::function<double(double x, double y)>; ///< over pixels, (0, 0) in the middle; y points down
using Colour = std::array<double, colours>;

constexpr Colour luminance = {0.2126, 0.7152, 0.0722}; // ITU-R BT.709

double gaussian(double x, double y, double sigma) {
  return std::exp(-(x * x + y * y) / (2 * sigma * sigma));
}

struct Filter {
  Bank::Channel channel;
  Profile profile;
  Colour colour;
  double bias = 0; ///< a small negative one keeps noise out of the map
};

// Hue in degrees to a strong RGB colour.
std::array<int, 3> hue(double degrees) {
  std::array<int, 3> rgb{};
  for (int c = 0; c < 3; c++)
    rgb[c] = static_cast<int>(150 + 105 * std::cos((degrees - 120 * c) * pi / 180));
  return rgb;
}

// Derivative of a Gaussian across an edge that gets brighter towards `degrees`.
Filter edge(int degrees) {
  const double a = degrees * pi / 180;
  return {{"edge " + std::to_string(degrees), hue(degrees)},
          [a](double x, double y) { return (x * std::cos(a) - y * std::sin(a)) * gaussian(x, y, 1.0); },
          luminance,
          -0.01};
}

// Gabor: a wave of that length across lines at `degrees`, under a Gaussian; phase 0 is a bright line on dark.
Filter gabor(const std::string &name, int degrees, double wavelength, double phase, double tint) {
  const double a = (degrees + 90) * pi / 180;
  return {{name + " " + std::to_string(degrees), hue(tint)},
          [=](double x, double y) {
            const double across = x * std::cos(a) - y * std::sin(a);
            return gaussian(x, y, 1.8) * std::cos(2 * pi * across / wavelength + phase);
          },
          luminance,
          -0.01};
}

// Laplacian of Gaussian: spots brighter (sign 1) or darker (-1) than what surrounds them.
Filter spot(const std::string &name, double sign) {
  return {{name, {230, 230, 190}},
          [sign](double x, double y) {
            const double s = 1.0, q = (x * x + y * y) / (2 * s * s);
            return sign * (1 - q) * std::exp(-q);
          },
          luminance,
          -0.01};
}

// d2/dxdy of a Gaussian answers where edges of two directions meet: one sign for each pair of quadrants.
Filter corner(const std::string &name, double sign) {
  return {{name, {250, 190, 90}},
          [sign](double x, double y) { return sign * x * y * gaussian(x, y, 1.3); },
          luminance,
          -0.01};
}

// Bright where the picture is darker than `level`: the bias turned against the picture.
Filter shadow(double level) {
  return {{"shadow", {150, 130, 220}},
          [](double x, double y) { return gaussian(x, y, 0.8); },
          {-luminance[0], -luminance[1], -luminance[2]},
          level};
}

Filter blur(const std::string &name, double sigma) {
  return {{name, {170, 170, 170}}, [sigma](double x, double y) { return gaussian(x, y, sigma); }, luminance};
}

// One colour against another, over a small neighbourhood.
Filter opponent(const std::string &name, std::array<int, 3> tint, Colour colour) {
  return {{name, tint}, [](double x, double y) { return gaussian(x, y, 0.8); }, colour};
}

std::vector<Filter> all_filters() {
  std::vector<Filter> filters;
  for (int degrees = 0; degrees < 360; degrees += 45)
    filters.push_back(edge(degrees));
  for (int degrees = 0; degrees < 180; degrees += 45)
    filters.push_back(gabor("light bar", degrees, 5, 0, 2 * degrees));
  for (int degrees = 0; degrees < 180; degrees += 45)
    filters.push_back(gabor("dark bar", degrees, 5, pi, 2 * degrees));
  for (int degrees = 0; degrees < 180; degrees += 45)
    filters.push_back(gabor("fine", degrees, 3, 0, 2 * degrees));
  filters.insert(filters.end(), {spot("light spot", 1), spot("dark spot", -1), corner("corner /", 1),
                                 corner("corner \\", -1), blur("blur 0.6", 0.6), blur("blur 1.2", 1.2),
                                 blur("blur 2.4", 2.4), opponent("yellow", {235, 215, 40}, {0.5, 0.5, -1}),
                                 opponent("red-green", {235, 60, 50}, {1, -1, 0}), shadow(0.4),
                                 opponent("blue-yellow", {70, 110, 240}, {-0.5, -0.5, 1}),
                                 opponent("orange", {245, 140, 40}, {1, -0.25, -0.75})});
  return filters;
}

// A profile's 49 numbers. Those that answer to differences get mean 0; all get a sum of magnitudes of 1.
std::vector<double> sample(const Profile &profile, bool differences) {
  std::vector<double> values;
  double sum = 0, magnitude = 0;
  for (int y = -radius; y <= radius; y++)
    for (int x = -radius; x <= radius; x++)
      sum += values.emplace_back(profile(x, y));
  for (double &value : values)
    magnitude += std::abs(value -= differences ? sum / values.size() : 0);
  for (double &value : values)
    value /= magnitude;
  return values;
}

struct Mix {
  const char *label;
  std::array<int, 3> tint;
  std::vector<const char *> prefixes; ///< of the labels summed
};

bool matches(const std::string &label, const Mix &mix) {
  for (const std::string prefix : mix.prefixes)
    if (label.compare(0, prefix.size(), prefix) == 0)
      return true;
  return false;
}

} // namespace

Bank first_layer_bank() {
  const std::vector<Filter> filters = all_filters();
  const std::size_t count = filters.size();
  Bank bank{std::vector<float>(size * size * colours * count), {}, {}};
  for (std::size_t k = 0; k < count; k++) {
    const bool differences = filters[k].colour == luminance && filters[k].bias != 0;
    const std::vector<double> values = sample(filters[k].profile, differences);
    for (std::size_t tap = 0; tap < values.size(); tap++)
      for (std::size_t c = 0; c < colours; c++)
        bank.weights[(tap * colours + c) * count + k] =
            static_cast<float>(values[tap] * filters[k].colour[c]);
    bank.bias.push_back(static_cast<float>(filters[k].bias));
    bank.channels.push_back(filters[k].channel);
  }
  return bank;
}

Bank smooth_bank(int channels) {
  Bank bank;
  double sum = 0;
  for (int y = -2; y <= 2; y++)
    for (int x = -2; x <= 2; x++)
      sum += gaussian(x, y, 1.1);
  for (int y = -2; y <= 2; y++)
    for (int x = -2; x <= 2; x++)
      bank.weights.insert(bank.weights.end(), channels, static_cast<float>(gaussian(x, y, 1.1) / sum));
  return bank;
}

Bank mix_bank() {
  const std::vector<Mix> mixes = {
      {"all edges", {235, 235, 235}, {"edge"}},
      {"upright", hue(0), {"edge 0", "edge 180", "light bar 90", "dark bar 90"}},
      {"level", hue(180), {"edge 90", "edge 270", "light bar 0", "dark bar 0"}},
      {"diagonal", hue(270), {"edge 45", "edge 135", "edge 225", "edge 315"}},
      {"texture", {120, 220, 210}, {"fine"}},
      {"corners", {250, 190, 90}, {"corner", "light spot", "dark spot"}},
      {"warm", {245, 120, 50}, {"red-green", "orange", "yellow"}},
      {"cool", {70, 130, 245}, {"blue-yellow"}},
  };
  const std::vector<Filter> filters = all_filters();
  Bank bank{std::vector<float>(filters.size() * mixes.size()), std::vector<float>(mixes.size()), {}};
  for (std::size_t k = 0; k < mixes.size(); k++) {
    bank.channels.push_back({mixes[k].label, mixes[k].tint});
    for (std::size_t c = 0; c < filters.size(); c++)
      bank.weights[c * mixes.size() + k] = matches(filters[c].channel.label, mixes[k]) ? 1.0f : 0.0f;
  }
  return bank;
}
