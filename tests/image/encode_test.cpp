#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <utility>

#include "image/pictures.hpp"

namespace yolofleet::image {
namespace {

using ::testing::HasSubstr;

/// A view of the picture's pixels in another format, in rows with bytes between them.
struct Padded {
  Padded(const Image& image, PixelFormat format) {
    constexpr std::size_t kPadding = 13;
    const auto count = static_cast<std::size_t>(channels(format));
    view = {nullptr, image.width(), image.height(),
            (static_cast<std::size_t>(image.width()) * count) + kPadding, format};
    pixels.assign(view.stride * static_cast<std::size_t>(image.height()), 0xEE);
    for (int y = 0; y < image.height(); ++y) {
      std::uint8_t* to = pixels.data() + (static_cast<std::size_t>(y) * view.stride);
      for (int x = 0; x < image.width(); ++x, to += count) {
        const std::uint32_t rgb = pixel(image, x, y);
        const bool bgr = format == PixelFormat::kBgr;
        to[0] = static_cast<std::uint8_t>(bgr ? rgb : rgb >> 16);
        if (count == 3) {
          to[1] = static_cast<std::uint8_t>(rgb >> 8);
          to[2] = static_cast<std::uint8_t>(bgr ? rgb >> 16 : rgb);
        }
      }
    }
    view.data = pixels.data();
  }
  std::vector<std::uint8_t> pixels;
  ImageView view;
};

Image grey_of(const Image& image) {
  return picture(image.width(), image.height(),
                 [&](int x, int y) { return (pixel(image, x, y) >> 16) * 0x010101U; });
}

Image round_trip(const ImageView& view, ImageFormat format) {
  const auto encoded = encode_image(view, format);
  EXPECT_TRUE(encoded);
  auto decoded = Image::decode(encoded.value());
  EXPECT_TRUE(decoded) << decoded.error().message;
  return std::move(decoded).value();
}

TEST(Encode, PngIsExact) {
  const Image image = gradient(37, 23);
  EXPECT_EQ(difference(round_trip(image.view(), ImageFormat::kPng), image), 0);
  for (const PixelFormat format : {PixelFormat::kRgb, PixelFormat::kBgr, PixelFormat::kGrey}) {
    const Padded padded(image, format);
    EXPECT_EQ(difference(round_trip(padded.view, ImageFormat::kPng),
                         format == PixelFormat::kGrey ? grey_of(image) : image),
              0);
  }
}

TEST(Encode, JpegIsClose) {
  const Image image = gradient(64, 48);
  EXPECT_LE(difference(round_trip(image.view(), ImageFormat::kJpeg), image), 16);
  for (const PixelFormat format : {PixelFormat::kRgb, PixelFormat::kBgr, PixelFormat::kGrey}) {
    const Padded padded(image, format);
    EXPECT_LE(difference(round_trip(padded.view, ImageFormat::kJpeg),
                         format == PixelFormat::kGrey ? grey_of(image) : image),
              16);
  }
}

TEST(Encode, JpegHasTwoByTwoSubsampling) {
  const auto encoded = encode_image(gradient(64, 48).view(), ImageFormat::kJpeg);
  ASSERT_TRUE(encoded);
  const File frame = bytes({0xFF, 0xC0, 0, 17, 8, 0, 48, 0, 64, 3, 1, 0x22, 0, 2, 0x11});
  EXPECT_NE(std::search(encoded->begin(), encoded->end(), frame.begin(), frame.end()),
            encoded->end());
}

TEST(Encode, OnePixel) {
  const Image image = picture(1, 1, [](int, int) { return 0x336699U; });
  EXPECT_EQ(difference(round_trip(image.view(), ImageFormat::kPng), image), 0);
  EXPECT_LE(difference(round_trip(image.view(), ImageFormat::kJpeg), image), 3);
}

TEST(Encode, AJpegThatIsTooWideIsRefused) {
  const Image image(65501, 1, PixelFormat::kGrey);
  const auto encoded = encode_image(image.view(), ImageFormat::kJpeg);
  ASSERT_FALSE(encoded);
  EXPECT_EQ(encoded.error().code, ErrorCode::kUnsupported);
  EXPECT_EQ(encoded.error().message,
            "a picture of 65501 x 1 pixels as JPEG: Maximum supported image dimension is 65500 "
            "pixels");
  EXPECT_TRUE(encode_image(image.view(), ImageFormat::kPng));
}

TEST(Encode, AViewOfNothingIsRefused) {
  const Image image(2, 2);
  ImageView view = image.view();
  view.width = 0;
  for (const ImageView& wrong : {ImageView{}, view}) {
    const auto encoded = encode_image(wrong, ImageFormat::kPng);
    ASSERT_FALSE(encoded);
    EXPECT_EQ(encoded.error().code, ErrorCode::kInvalidArgument);
    EXPECT_THAT(encoded.error().message, HasSubstr("1 x 1 or more is allowed"));
  }
}

TEST(Encode, AStrideShorterThanARowIsRefused) {
  const Image image(2, 2);
  ImageView view = image.view();
  view.stride = 5;
  const auto encoded = encode_image(view, ImageFormat::kJpeg);
  ASSERT_FALSE(encoded);
  EXPECT_EQ(encoded.error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(encoded.error().message,
            "a picture's stride is 5 bytes; a row of 2 pixels has at least 6");
}

}  // namespace
}  // namespace yolofleet::image
