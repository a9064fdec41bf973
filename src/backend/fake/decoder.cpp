#include "backend/fake/decoder.hpp"

#include <atomic>
#include <thread>
#include <utility>

#include "backend/decoder_memory.hpp"
#include "base/fail.hpp"

namespace yolofleet::backend::fake {
namespace {

/// A decoded picture and its place.
class Block {
 public:
  Block(std::shared_ptr<DecoderMemory> memory, std::size_t place)
      : memory_(std::move(memory)), place_(place) {}
  Block(const Block&) = delete;
  Block& operator=(const Block&) = delete;
  ~Block() { memory_->give_back(place_, 1); }

  Image image;

 private:
  std::shared_ptr<DecoderMemory> memory_;
  std::size_t place_;
};

class FakeDecoder final : public Decoder {
 public:
  FakeDecoder(std::string device, const DecoderScript& script, std::int64_t max_pixels)
      : device_(std::move(device)),
        script_(script),
        limits_{max_pixels},
        memory_(std::make_shared<DecoderMemory>(script.blocks, 1)) {}

  std::string description() const override { return device_ + ": a scripted decoder"; }
  std::size_t batch() const noexcept override { return script_.batch; }
  std::size_t threads() const noexcept override { return script_.threads; }
  bool takes(std::span<const std::byte> file) const noexcept override {
    return file.size() <= script_.largest;
  }

  Result<std::size_t> decode(std::span<Job> jobs) override {
    if (batches_++ >= script_.fail_after) {
      return base::fail(ErrorCode::kDevice, "{}: the decoder failed as its script says", device_);
    }
    std::this_thread::sleep_for(script_.delay);
    std::size_t count = 0;
    for (; count < jobs.size(); ++count) {
      const auto place = memory_->take(1);
      if (!place) {
        break;
      }
      decode(jobs[count], std::make_shared<Block>(memory_, *place));
    }
    return count;
  }

  void wait_for_memory() override { memory_->wait(); }
  void stop() noexcept override { memory_->stop(); }

 private:
  void decode(Job& job, const std::shared_ptr<Block>& block) {
    auto& file = std::get<EncodedImage>(job.picture);
    auto image = Image::decode(file, limits_);
    const std::uint64_t number = ++files_;
    if (!image || (script_.spoils > 0 && number % script_.spoils == 0)) {
      return;
    }
    block->image = *std::move(image);
    DeviceImage picture;
    picture.device = device_;
    picture.pixels = block->image.view();
    picture.owner = block;
    job.file = std::move(file);
    job.picture = std::move(picture);
  }

  const std::string device_;
  const DecoderScript script_;
  const DecodeLimits limits_;
  const std::shared_ptr<DecoderMemory> memory_;  // a byte of it stands for a picture
  std::atomic<std::uint64_t> batches_ = 0;
  std::atomic<std::uint64_t> files_ = 0;
};

}  // namespace

std::unique_ptr<Decoder> make_decoder(std::string device, const DecoderScript& script,
                                      std::int64_t max_pixels) {
  return std::make_unique<FakeDecoder>(std::move(device), script, max_pixels);
}

}  // namespace yolofleet::backend::fake
