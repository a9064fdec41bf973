#pragma once

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <string>
#include <vector>

#include "whole_file.hpp"
#include "yolofleet/image.hpp"
#include "yolofleet/model.hpp"
#include "yolofleet/options.hpp"

namespace yolofleet::testing {

/// A model of one convolution that finds white squares of 16 x 16 pixels in pictures of 64 x 64:
/// a white cell gives an object of confidence 1 with the anchor's size.
inline ModelFiles write_square_model(const std::filesystem::path& folder) {
  std::filesystem::create_directories(folder);
  const ModelFiles files{folder / "square.cfg", folder / "square.weights", {}};
  write_whole(files.cfg,
              "[net]\nwidth=64\nheight=64\nchannels=3\n"
              "[convolutional]\nfilters=6\nsize=16\nstride=16\nactivation=linear\n"
              "[yolo]\nmask=0\nanchors=16,16\nclasses=1\nnum=1\n");
  constexpr std::size_t kPixels = 3 * 16 * 16;
  std::vector<float> values{0, 0, 0, 0, -10, 10};  // x, y, w, h, object, class
  for (std::size_t channel = 0; channel < 6; ++channel) {
    values.insert(values.end(), kPixels, channel == 4 ? 20.0F / kPixels : 0.0F);
  }
  const std::array<std::int32_t, 5> header{0, 2, 5, 0, 0};
  std::string weights(reinterpret_cast<const char*>(header.data()), sizeof header);
  weights.append(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(float));
  write_whole(files.weights, weights);
  return files;
}

/// 64 x 64 pixels, black with a white square whose left top corner is (x, y).
inline Image picture_with_square(int x, int y) {
  Image image(64, 64);
  for (int row = y; row < y + 16; ++row) {
    std::memset(image.pixels().data() + static_cast<std::size_t>(row * 64 + x) * 3, 255, 16 * 3);
  }
  return image;
}

/// The model of squares, loaded once.
inline const Model& square_model() {
  static const Model loaded =
      Model::load(write_square_model(std::filesystem::path(::testing::TempDir()) / "square"))
          .value();
  return loaded;
}

/// A thread of the CPU, in FP32.
inline Options on_one_thread() {
  Options options;
  options.devices = "cpu:1";
  options.precision = Precision::kFp32;
  return options;
}

}  // namespace yolofleet::testing
