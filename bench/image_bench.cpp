// Decoding and encoding by format, on a generated picture of the size of a usual photo.
#include <benchmark/benchmark.h>
// jpeglib.h needs what stands above it.
#include <cstdio>

#include <jpeglib.h>
#include <webp/encode.h>

#include <array>
#include <cmath>
#include <string>
#include <vector>

#include "yolofleet/image.hpp"

namespace {

using yolofleet::Image;
using yolofleet::ImageFormat;
using File = std::vector<std::byte>;

constexpr int kWidth = 768;
constexpr int kHeight = 576;

/// Waves with a little noise: about as compressible as a photo.
const Image& photo() {
  static const Image kPhoto = [] {
    Image image(kWidth, kHeight);
    std::uint32_t noise = 1;
    std::size_t at = 0;
    for (int y = 0; y < kHeight; ++y) {
      for (int x = 0; x < kWidth; ++x) {
        noise = (noise * 1664525U) + 1013904223U;
        for (int c = 0; c < 3; ++c) {
          const double wave = std::sin((x * (0.02 + (0.01 * c))) + (std::sin(y * 0.03) * 3)) +
                              (0.5 * std::sin((x + (2 * y)) * 0.2));
          const double grain = static_cast<double>((noise >> (8 * c)) & 15U);
          image.pixels()[at++] = static_cast<std::uint8_t>(120 + (60 * wave) + grain);
        }
      }
    }
    return image;
  }();
  return kPhoto;
}

File webp(bool lossless) {
  std::uint8_t* encoded = nullptr;
  const std::uint8_t* pixels = photo().pixels().data();
  const int stride = static_cast<int>(photo().stride());
  const std::size_t size = lossless
                               ? WebPEncodeLosslessRGB(pixels, kWidth, kHeight, stride, &encoded)
                               : WebPEncodeRGB(pixels, kWidth, kHeight, stride, 80, &encoded);
  const auto* first = reinterpret_cast<const std::byte*>(encoded);
  File file(first, first + size);
  WebPFree(encoded);
  return file;
}

File bmp() {
  File file;
  const auto put = [&](std::uint32_t value, int bytes) {
    for (int i = 0; i < bytes; ++i) {
      file.push_back(static_cast<std::byte>(value >> (8 * i)));
    }
  };
  put(0x4D42, 2);
  put(0, 4);
  put(0, 4);
  put(54, 4);
  for (const std::uint32_t value : {40U, std::uint32_t{kWidth}, std::uint32_t{kHeight}}) {
    put(value, 4);
  }
  put(1, 2);
  put(24, 2);
  for (int i = 0; i < 6; ++i) {
    put(0, 4);
  }
  for (const std::uint8_t byte : photo().pixels()) {
    put(byte, 1);
  }
  return file;
}

void count(benchmark::State& state) {
  const auto pictures = static_cast<std::int64_t>(state.iterations());
  state.SetItemsProcessed(pictures);
  state.SetBytesProcessed(pictures * static_cast<std::int64_t>(photo().pixels().size()));
}

void decode(benchmark::State& state, const File& file) {
  for (auto _ : state) {
    auto image = Image::decode(file);
    if (!image) {
      state.SkipWithError(image.error().message.c_str());
      break;
    }
    benchmark::DoNotOptimize(image->pixels().data());
  }
  count(state);
}

/// libjpeg-turbo alone, into one buffer that stays: what `decode` of JPEG is measured against.
void libjpeg(benchmark::State& state, const File& file) {
  std::vector<std::uint8_t> pixels(photo().pixels().size());
  for (auto _ : state) {
    jpeg_decompress_struct info{};
    jpeg_error_mgr errors{};
    info.err = jpeg_std_error(&errors);
    jpeg_create_decompress(&info);
    jpeg_mem_src(&info, reinterpret_cast<const unsigned char*>(file.data()), file.size());
    jpeg_read_header(&info, TRUE);
    jpeg_start_decompress(&info);
    while (info.output_scanline < info.output_height) {
      std::array<JSAMPROW, 1> row{pixels.data() + (info.output_scanline * photo().stride())};
      jpeg_read_scanlines(&info, row.data(), 1);
    }
    jpeg_finish_decompress(&info);
    jpeg_destroy_decompress(&info);
    benchmark::DoNotOptimize(pixels.data());
  }
  count(state);
}

void encode(benchmark::State& state, ImageFormat format) {
  std::size_t size = 0;
  for (auto _ : state) {
    auto file = yolofleet::encode_image(photo().view(), format);
    size = file->size();
    benchmark::DoNotOptimize(file->data());
  }
  count(state);
  state.counters["file_bytes"] = static_cast<double>(size);
}

void draw(benchmark::State& state) {
  Image image = photo();
  std::vector<yolofleet::Detection> detections;
  for (int i = 0; i < 20; ++i) {
    const auto at = static_cast<float>(i * 25);
    detections.push_back({{at, at, 150, 120}, i, 0.87F});
  }
  const std::vector<std::string> names(20, "traffic light");
  for (auto _ : state) {
    yolofleet::draw_detections(image, detections, names);
    benchmark::DoNotOptimize(image.pixels().data());
  }
  count(state);
}

}  // namespace

int main(int argc, char** argv) {
  const File jpeg = yolofleet::encode_image(photo().view(), ImageFormat::kJpeg).value();
  const File png = yolofleet::encode_image(photo().view(), ImageFormat::kPng).value();
  benchmark::RegisterBenchmark("decode/jpeg", decode, jpeg);
  benchmark::RegisterBenchmark("decode/jpeg, libjpeg alone", libjpeg, jpeg);
  benchmark::RegisterBenchmark("decode/png", decode, png);
  benchmark::RegisterBenchmark("decode/webp", decode, webp(false));
  benchmark::RegisterBenchmark("decode/webp, lossless", decode, webp(true));
  benchmark::RegisterBenchmark("decode/bmp", decode, bmp());
  benchmark::RegisterBenchmark("encode/jpeg", encode, ImageFormat::kJpeg);
  benchmark::RegisterBenchmark("encode/png", encode, ImageFormat::kPng);
  benchmark::RegisterBenchmark("draw/20 detections", draw);
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return 0;
}
