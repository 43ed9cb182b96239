// The weights of the demo's three layers: filters with a meaning, written as the formulas behind them.
#pragma once

#include <array>
#include <string>
#include <vector>

/// A layer's parameters, and what each of its output channels shows.
struct Bank {
  std::vector<float> weights; ///< R x S x C/g x K, the default layout of weights
  std::vector<float> bias;    ///< K, or empty
  struct Channel {
    std::string label;
    std::array<int, 3> tint; ///< RGB in which the map is drawn
  };
  std::vector<Channel> channels;
};

/// 32 filters of 7x7 over RGB: edges in eight directions, bars in four, fine gratings, spots, corners, blurs,
/// opponents.
Bank first_layer_bank();
/// A 5x5 Gaussian for each of `channels` channels.
Bank smooth_bank(int channels);
/// Eight sums over the 32 maps of the first layer: all edges, horizontal and vertical ones, texture, colours,
/// ...
Bank mix_bank();
