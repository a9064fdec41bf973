#include "backend/cpu/picture_run.hpp"

#include <cstddef>
#include <exception>
#include <new>
#include <optional>
#include <utility>
#include <variant>

#include "backend/fit.hpp"
#include "base/fail.hpp"

namespace yolofleet::backend::cpu {
namespace {

Result<void> check(const ImageView& view) {
  if (view.data == nullptr || view.width < 1 || view.height < 1) {
    return base::fail(ErrorCode::kInvalidArgument, "a picture of {} x {} pixels holds nothing",
                      view.width, view.height);
  }
  const std::size_t row =
      static_cast<std::size_t>(view.width) * static_cast<std::size_t>(channels(view.format));
  if (view.stride < row) {
    return base::fail(ErrorCode::kInvalidArgument,
                      "a picture's stride is {} bytes; its rows of {} pixels need {}", view.stride,
                      view.width, row);
  }
  return {};
}

/// A picture with its pixels at hand: `owned` holds them unless they are somebody else's.
struct Pixels {
  Image owned;
  ImageView view;
};

Result<Pixels> pixels_of(Picture picture, const DecodeLimits& limits) {
  Pixels pixels;
  if (const auto* view = std::get_if<ImageView>(&picture)) {
    pixels.view = *view;
  } else {
    if (auto* encoded = std::get_if<EncodedImage>(&picture)) {
      auto decoded = Image::decode(*encoded, limits);
      if (!decoded) {
        return tl::unexpected(std::move(decoded).error());
      }
      pixels.owned = *std::move(decoded);
    } else {
      pixels.owned = std::get<Image>(std::move(picture));
    }
    pixels.view = pixels.owned.view();
  }
  if (auto checked = check(pixels.view); !checked) {
    return tl::unexpected(std::move(checked).error());
  }
  return pixels;
}

}  // namespace

PictureRun::PictureRun(const graph::Network& network, const CpuLaneOptions& options)
    : input_(network.input()),
      fit_(fit_of(options.resize, network.letterbox())),
      thresholds_{options.confidence, options.nms},
      nms_{{}, options.nms, options.max_detections},
      keep_pixels_(options.keep_pixels),
      decode_limits_{options.max_pixels} {
  for (const std::size_t index : network.heads()) {
    const graph::Layer& layer = network.layers()[index];
    if (const auto* head = std::get_if<graph::Head>(&layer.operation)) {
      heads_.push_back({*head, layer.input});
      nms_.rule = head->nms;  // Darknet suppresses by the last head's rule
    }
  }
}

Result<std::vector<Detection>> PictureRun::detect(const ImageView& picture,
                                                  const Thresholds& thresholds, Request& request,
                                                  CpuTimes& times) const {
  auto begin = CpuTimes::Clock::now();
  const ops::Placement placement = ops::resize(picture, input_, fit_, request.input());
  begin = times.add(Stage::kResize, begin);
  if (auto done = request.infer(); !done) {
    return tl::unexpected(std::move(done).error());
  }
  begin = times.add(Stage::kNetwork, begin);
  std::vector<ops::Candidate> candidates;
  for (std::size_t i = 0; i < heads_.size(); ++i) {
    const auto& [head, shape] = heads_[i];
    ops::yolo_boxes(request.head(i), {&head, shape, input_}, thresholds.confidence, candidates);
  }
  for (ops::Candidate& candidate : candidates) {
    candidate.box =
        ops::to_picture(candidate.box, input_, placement, picture.width, picture.height);
  }
  ops::NmsOptions nms = nms_;
  nms.threshold = thresholds.nms;
  std::vector<Detection> detections;
  for (const ops::Candidate& candidate : ops::nms(std::move(candidates), nms)) {
    detections.push_back({ops::to_pixels(candidate.box, picture.width, picture.height),
                          candidate.class_id, candidate.confidence});
  }
  times.add(Stage::kBoxes, begin);
  return detections;
}

PictureResult PictureRun::operator()(Job& job, Request& request, CpuTimes& times) const noexcept {
  PictureResult result;
  result.index = job.ticket;
  try {
    result.device = "cpu";
    const bool owned = !std::holds_alternative<ImageView>(job.picture);
    const auto begin = CpuTimes::Clock::now();
    auto pixels = pixels_of(std::move(job.picture), decode_limits_);
    times.add(Stage::kDecode, begin);
    if (!pixels) {
      result.error = std::move(pixels).error();
      return result;
    }
    result.width = pixels->view.width;
    result.height = pixels->view.height;
    auto detections = detect(pixels->view, job.thresholds.value_or(thresholds_), request, times);
    if (!detections) {
      result.error = std::move(detections).error();
      if (owned) {
        job.picture = std::move(pixels->owned);
      }
      return result;
    }
    result.detections = *std::move(detections);
    if (keep_pixels_ && owned) {
      result.pixels = std::move(pixels->owned);
    }
  } catch (const std::bad_alloc&) {
    result.error = Error{ErrorCode::kTooLarge, "out of memory"};  // short: takes no memory itself
  } catch (const std::exception& exception) {
    result.error = Error{ErrorCode::kInternal, exception.what()};
  }
  return result;
}

}  // namespace yolofleet::backend::cpu
