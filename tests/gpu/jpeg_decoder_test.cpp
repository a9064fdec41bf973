// The decoder of a GPU, on JPEG files that are made on the spot.

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <algorithm>
#include <iostream>
#include <random>
#include <thread>

#include "backend/pixels.hpp"
#include "fleet/support.hpp"
#include "gpu/jpeg_files.hpp"
#include "image/pictures.hpp"

namespace yolofleet::backend::tensorrt {
namespace {

using testing::difference_from_cpu;
using testing::files_of_all_kinds;
using ::testing::HasSubstr;
using testing::job_of;

class JpegDecoderCuda : public testing::GpuTest {
 protected:
  void SetUp() override {
    GpuTest::SetUp();
    if (!IsSkipped() && !HasFatalFailure()) {
      decoder_ = testing::open_decoder(device());
      if (!decoder_) {
        GTEST_SKIP() << "this GPU has no decoder";
      }
    }
  }

  /// Decodes all in batches. Returns the jobs; a test sees which were decoded.
  std::vector<Job> decode(const std::vector<EncodedImage>& files) {
    std::vector<Job> jobs;
    for (std::size_t i = 0; i < files.size(); ++i) {
      jobs.push_back(job_of(files[i], i));
    }
    std::size_t done = 0;
    while (done < jobs.size()) {
      const std::size_t count = std::min(decoder_->batch(), jobs.size() - done);
      const auto tried = decoder_->decode(std::span{jobs}.subspan(done, count));
      if (!tried || *tried == 0) {
        ADD_FAILURE() << (tried ? "no memory" : tried.error().message);
        break;
      }
      done += *tried;
    }
    return jobs;
  }

  std::unique_ptr<Decoder> decoder_;
};

TEST_F(JpegDecoderCuda, GivesThePlanesOfLibjpeg) {
  std::cout << decoder_->description() << "\n";
  const auto files = files_of_all_kinds();
  std::vector<EncodedImage> taken;
  for (const EncodedImage& file : files) {
    if (decoder_->takes(file)) {
      taken.push_back(file);
    }
  }
  std::cout << taken.size() << " of " << files.size() << " kinds are taken\n";
  ASSERT_FALSE(taken.empty());
  const auto jobs = decode(taken);
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    const auto* const picture = std::get_if<DeviceImage>(&jobs[i].picture);
    ASSERT_NE(picture, nullptr) << i;
    EXPECT_EQ(jobs[i].file, taken[i]);
    EXPECT_LE(difference_from_cpu(device(), *picture, taken[i]), kMostDifference) << i;
  }
}

TEST_F(JpegDecoderCuda, KeepsTheOrientation) {
  for (int orientation = 1; orientation <= 8; ++orientation) {
    image::File segment = image::bytes("Exif");
    image::append(segment, image::bytes({0, 0}));
    image::append(segment, image::exif_block(orientation, true));
    image::JpegOptions options;
    options.subsampled = true;
    options.app1 = {segment};
    const auto file = image::jpeg(image::gradient(123, 77), options);
    if (!decoder_->takes(file)) {
      GTEST_SKIP() << "4:2:0 isn't taken";
    }
    const auto jobs = decode({file});
    ASSERT_TRUE(std::holds_alternative<DeviceImage>(jobs[0].picture));
    const auto& picture = std::get<DeviceImage>(jobs[0].picture);
    EXPECT_EQ(std::get<PlanesView>(picture.pixels).orientation, orientation);
    EXPECT_LE(difference_from_cpu(device(), picture, file), kMostDifference);
  }
}

TEST_F(JpegDecoderCuda, LeavesFilesOfOtherKindsToTheCpu) {
  const Image image = image::gradient(200, 100);
  image::JpegOptions progressive;
  progressive.progressive = true;
  image::JpegOptions cmyk;
  cmyk.components = 4;
  image::JpegOptions arithmetic;
  arithmetic.arithmetic = true;
  for (const auto& options : {progressive, cmyk, arithmetic}) {
    EXPECT_FALSE(decoder_->takes(image::jpeg(image, options)));
  }
  EXPECT_FALSE(decoder_->takes(image::png(image)));
  EncodedImage twelve_bits = image::jpeg(image);
  for (std::size_t i = 0; i + 4 < twelve_bits.size(); ++i) {
    if (twelve_bits[i] == std::byte{0xFF} && twelve_bits[i + 1] == std::byte{0xC0}) {
      twelve_bits[i + 4] = std::byte{12};
      break;
    }
  }
  EXPECT_FALSE(decoder_->takes(twelve_bits));
}

TEST_F(JpegDecoderCuda, NeverDecodesAFileWithoutItsEnd) {
  const EncodedImage whole = check_file(320, 240, Subsampling::k420, false);
  const std::size_t data = image::read_jpeg_header(whole)->scan_data;
  std::vector<EncodedImage> cut;
  for (std::size_t size = data; size < whole.size(); size += 97) {
    cut.emplace_back(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
  }
  cut.push_back(whole);
  const auto jobs = decode(cut);
  for (std::size_t i = 0; i + 1 < jobs.size(); ++i) {
    EXPECT_TRUE(std::holds_alternative<EncodedImage>(jobs[i].picture)) << i;
  }
  EXPECT_TRUE(std::holds_alternative<DeviceImage>(jobs.back().picture) || !decoder_->takes(whole));
}

/// A file whose scan has a wrong bit, or is cut and ends with the marker of the end all the same.
EncodedImage damaged(EncodedImage file, bool cut, std::mt19937& random) {
  const std::size_t data = image::read_jpeg_header(file)->scan_data;
  const std::size_t place = data + random() % (file.size() - data - 2);
  if (cut) {
    file.resize(place);
    file.insert(file.end(), {std::byte{0xFF}, std::byte{0xD9}});
  } else {
    file[place] ^= static_cast<std::byte>(1U << (random() % 8));
  }
  return file;
}

TEST_F(JpegDecoderCuda, SurvivesDamageAndGoesOn) {
  std::mt19937 random{5};
  const EncodedImage whole = check_file(320, 240, Subsampling::k420, false);
  if (!decoder_->takes(whole)) {
    GTEST_SKIP() << "4:2:0 isn't taken";
  }
  for (const bool cut : {false, true}) {
    std::vector<EncodedImage> files;
    for (int i = 0; i < 200; ++i) {
      files.push_back(damaged(whole, cut, random));
      files.push_back(whole);
    }
    const auto jobs = decode(files);
    std::size_t refused_by_cpu = 0;
    std::size_t unnoticed = 0;
    for (std::size_t i = 0; i < jobs.size(); ++i) {
      const bool decoded = std::holds_alternative<DeviceImage>(jobs[i].picture);
      if (i % 2 == 1) {
        ASSERT_TRUE(decoded) << "a whole file beside a damaged one";
        ASSERT_LE(difference_from_cpu(device(), std::get<DeviceImage>(jobs[i].picture), files[i]),
                  kMostDifference);
      } else if (!Planes::decode(files[i])) {
        ++refused_by_cpu;
        unnoticed += decoded ? 1U : 0U;
      }
    }
    std::cout << fmt::format("of {} files {} the CPU refuses {}\n", files.size() / 2,
                             cut ? "with less data" : "with a wrong bit", refused_by_cpu);
    EXPECT_EQ(unnoticed, 0U) << "files that the CPU refuses and the GPU decodes";
  }
}

TEST_F(JpegDecoderCuda, DecodesNoMoreThanItsMemoryHolds) {
  const EncodedImage file = check_file(4000, 3000, Subsampling::k444, false);
  if (!decoder_->takes(file)) {
    GTEST_SKIP() << "4:4:4 isn't taken";
  }
  std::vector<Job> held;
  std::size_t tried = decoder_->batch();
  while (tried == decoder_->batch()) {
    std::vector<Job> jobs;
    for (std::size_t i = 0; i < decoder_->batch(); ++i) {
      jobs.push_back(job_of(file));
    }
    tried = decoder_->decode(jobs).value();
    for (std::size_t i = 0; i < jobs.size(); ++i) {
      EXPECT_EQ(std::holds_alternative<DeviceImage>(jobs[i].picture), i < tried);
      if (i < tried) {
        held.push_back(std::move(jobs[i]));
      }
    }
  }
  ASSERT_FALSE(held.empty());
  std::cout << held.size() << " pictures of 12 megapixels fit\n";
  std::thread lane([&] { held.clear(); });
  decoder_->wait_for_memory();
  lane.join();
  std::vector<Job> again;
  again.push_back(job_of(file));
  EXPECT_EQ(decoder_->decode(again).value(), 1U);
  decoder_->stop();
  decoder_->wait_for_memory();
}

TEST_F(JpegDecoderCuda, TakesNoMoreMemoryWithTime) {
  const auto files = files_of_all_kinds();
  const auto run = [&](int pictures) {
    for (int done = 0; done < pictures; done += static_cast<int>(files.size())) {
      decode(files);
    }
  };
  run(600);
  const std::size_t before = cuda::free_bytes(device());
  run(10'000);
  const std::size_t after = cuda::free_bytes(device());
  EXPECT_LE(before - std::min(before, after), std::size_t{4} << 20U);
}

TEST_F(JpegDecoderCuda, WorksInAnyThread) {
  const EncodedImage file = check_file(320, 240, Subsampling::k420, false);
  if (!decoder_->takes(file)) {
    GTEST_SKIP() << "4:2:0 isn't taken";
  }
  for (int i = 0; i < 3; ++i) {
    std::thread([&] {
      const auto jobs = decode({file, file});
      EXPECT_TRUE(std::holds_alternative<DeviceImage>(jobs[1].picture));
    }).join();
  }
}

TEST_F(JpegDecoderCuda, DecodesFromSeveralThreadsAtTheSameTime) {
  std::cout << decoder_->threads() << " threads\n";
  std::vector<EncodedImage> files;
  for (const EncodedImage& file : files_of_all_kinds()) {
    if (decoder_->takes(file)) {
      files.push_back(file);
    }
  }
  ASSERT_FALSE(files.empty());
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < decoder_->threads(); ++i) {
    threads.emplace_back([&, i] {
      std::vector<EncodedImage> own = files;
      std::rotate(own.begin(), own.begin() + static_cast<std::ptrdiff_t>(i), own.end());
      for (int round = 0; round < 20; ++round) {
        const auto jobs = decode(own);
        for (std::size_t file = 0; file < jobs.size(); ++file) {
          const auto* const picture = std::get_if<DeviceImage>(&jobs[file].picture);
          ASSERT_NE(picture, nullptr) << file;
          EXPECT_LE(difference_from_cpu(device(), *picture, own[file]), kMostDifference) << file;
        }
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
}

TEST_F(JpegDecoderCuda, DecodesInPartsWhatTheRoomCantHold) {
  std::mt19937 random{7};
  Image noise(2000, 1500);
  for (std::uint8_t& byte : noise.pixels()) {
    byte = static_cast<std::uint8_t>(random());
  }
  const EncodedImage file = encode_image(noise.view(), ImageFormat::kJpeg).value();
  if (!decoder_->takes(file)) {
    GTEST_SKIP() << "it isn't taken";
  }
  ASSERT_GT(20 * file.size(), std::size_t{16} << 20U);
  const auto jobs = decode(std::vector<EncodedImage>(20, file));
  for (const Job& job : jobs) {
    ASSERT_TRUE(std::holds_alternative<DeviceImage>(job.picture));
    EXPECT_LE(difference_from_cpu(device(), std::get<DeviceImage>(job.picture), file),
              kMostDifference);
  }
}

TEST_F(JpegDecoderCuda, ALostLanesPicturesAreDecodedAgain) {
  const auto lane_of = [&](const std::string& name, bool breaks) {
    testing::FakeScript script = testing::lane_of_device(name, 4, std::chrono::microseconds{200});
    script.error = [breaks, name](std::uint64_t index) {
      return breaks && index >= 64 ? std::optional{Error{ErrorCode::kDevice, name + ": gone"}}
                                   : std::nullopt;
    };
    return script;
  };
  testing::FakeScript breaks = lane_of("a", true);
  breaks.decoder = [this](std::vector<std::string>&) {
    return Result<std::unique_ptr<Decoder>>(std::move(decoder_));
  };
  breaks.batch = 1;
  fleet::FleetOptions options = testing::plain_options();
  options.on_device_error = OnDeviceError::kContinue;
  options.decode.decode = Decode::kGpu;
  const auto fleet = testing::open_fleet({breaks, lane_of("b", false)}, options);
  const auto files = files_of_all_kinds();
  std::thread source([&] {
    for (std::size_t i = 0; i < 300; ++i) {
      ASSERT_TRUE(fleet->submit(files[i % files.size()]));
    }
    fleet->finish();
  });
  const auto results = testing::take_all(*fleet);
  source.join();
  ASSERT_EQ(results.size(), 300U);
  for (const PictureResult& result : results) {
    EXPECT_FALSE(result.error) << result.error->message;
  }
  EXPECT_TRUE(fleet->report().devices[0].error);
}

class NoJpegDecoder : public testing::GpuTest {
 protected:
  Result<std::unique_ptr<Decoder>> open(const std::vector<std::string>& libraries) {
    reasons_.clear();
    const CudaDevice card = list_cuda_devices().value().at(static_cast<std::size_t>(device()));
    return open_jpeg_decoder(card, kDefaultMaxPixels, libraries, reasons_);
  }

  std::vector<std::string> reasons_;
};

TEST_F(NoJpegDecoder, WithoutNvjpegIsNoErrorAndHasAReason) {
  const auto decoder = open({"libnvjpeg.so.0"});
  ASSERT_TRUE(decoder) << decoder.error().message;
  EXPECT_EQ(*decoder, nullptr);
  ASSERT_EQ(reasons_.size(), 1U);
  EXPECT_THAT(
      reasons_[0],
      HasSubstr(": the CPU decodes its JPEG files: nvJPEG can't be loaded: libnvjpeg.so.0"));
}

TEST_F(NoJpegDecoder, WithoutMemoryIsAnError) {
  constexpr std::size_t kLeft = std::size_t{100} << 20U;
  const cuda::DeviceBuffer taken{device(), cuda::free_bytes(device()) - kLeft};
  const auto decoder = open({NvjpegLibrary::kFiles.begin(), NvjpegLibrary::kFiles.end()});
  ASSERT_FALSE(decoder);
  EXPECT_EQ(decoder.error().code, ErrorCode::kTooLarge);
  EXPECT_THAT(decoder.error().message, HasSubstr("MiB of its memory are free; its JPEG decoder "
                                                 "needs 256 MiB"));
}

}  // namespace
}  // namespace yolofleet::backend::tensorrt
