#include "base/http.h"

#include <curl/curl.h>
#include <fmt/format.h>

#include "base/check.h"

namespace tracehound {

namespace {

struct FreeEasy {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
struct FreeUrl {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};
struct FreeText {
  void operator()(char* text) const { curl_free(text); }
};
struct FreeList {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

std::string part_of(CURLU* url, CURLUPart part) {
  char* text = nullptr;
  if (curl_url_get(url, part, &text, 0) != CURLUE_OK) return "";
  return std::unique_ptr<char, FreeText>(text).get();
}

class CurlClient final : public HttpClient {
 public:
  CurlClient(std::string url, const HttpLimits& limits, std::function<bool()> ended)
      : url_(std::move(url)), limits_(limits), ended_(std::move(ended)) {}

  Status prepare();
  Result<HttpReply> post(const std::string& credentials, std::string_view body) override;

 private:
  static std::size_t receive(char* bytes, std::size_t one, std::size_t count, void* client);
  static int look_up(void* client, curl_off_t, curl_off_t, curl_off_t, curl_off_t);
  std::string reason(CURLcode code) const;
  CURL* easy() const { return easy_.get(); }

  std::string url_;
  HttpLimits limits_;
  std::function<bool()> ended_;
  std::unique_ptr<CURL, FreeEasy> easy_;
  std::unique_ptr<curl_slist, FreeList> headers_;
  std::string body_;
  bool too_long_ = false;
};

Status CurlClient::prepare() {
  static const CURLcode started = curl_global_init(CURL_GLOBAL_DEFAULT);
  easy_.reset(curl_easy_init());
  headers_.reset(curl_slist_append(nullptr, "Content-Type: application/json"));
  // Without this a large call would first ask whether it may come, and wait for the answer.
  if (headers_) curl_slist_append(headers_.get(), "Expect:");
  if (started != CURLE_OK || !easy_ || !headers_) {
    return machine_error("libcurl does not start; is there memory left?");
  }
  auto set = [this](CURLoption option, auto value) {
    CHECK(curl_easy_setopt(easy(), option, value) == CURLE_OK);
  };
  set(CURLOPT_URL, url_.c_str());
  set(CURLOPT_PROTOCOLS_STR, "http,https");
  set(CURLOPT_PROXY, "");  // nor one that the environment names
  set(CURLOPT_FOLLOWLOCATION, 0L);
  set(CURLOPT_HTTPAUTH, static_cast<long>(CURLAUTH_BASIC));
  set(CURLOPT_HTTPHEADER, headers_.get());
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(limits_.connect.count()));
  set(CURLOPT_TIMEOUT_MS, static_cast<long>(limits_.total.count()));
  set(CURLOPT_WRITEFUNCTION, &CurlClient::receive);
  set(CURLOPT_WRITEDATA, static_cast<void*>(this));
  set(CURLOPT_BUFFERSIZE, 512L << 10);
  set(CURLOPT_NOPROGRESS, 0L);
  set(CURLOPT_XFERINFOFUNCTION, &CurlClient::look_up);
  set(CURLOPT_XFERINFODATA, static_cast<void*>(this));
  return {};
}

std::size_t CurlClient::receive(char* bytes, std::size_t one, std::size_t count, void* client) {
  auto& self = *static_cast<CurlClient*>(client);
  self.too_long_ = self.body_.size() + one * count > self.limits_.reply_bytes_max;
  if (self.too_long_) return 0;
  self.body_.append(bytes, one * count);
  return one * count;
}

int CurlClient::look_up(void* client, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return static_cast<CurlClient*>(client)->ended_() ? 1 : 0;
}

std::string CurlClient::reason(CURLcode code) const {
  switch (code) {
    case CURLE_COULDNT_CONNECT:
      return "refuses the connection";
    case CURLE_COULDNT_RESOLVE_HOST:
      return "has a name that nobody knows";
    case CURLE_OPERATION_TIMEDOUT:
      return fmt::format("did not answer within {} s", limits_.total.count() / 1000);
    case CURLE_PARTIAL_FILE:
      return "ended its answer in the middle";
    case CURLE_GOT_NOTHING:
    case CURLE_RECV_ERROR:
    case CURLE_SEND_ERROR:
      return "closed the connection without an answer";
    case CURLE_ABORTED_BY_CALLBACK:
      return "was not waited for";
    case CURLE_WRITE_ERROR:
      if (too_long_) return fmt::format("answers with more than {} bytes", limits_.reply_bytes_max);
      break;
    default:
      break;
  }
  return fmt::format("cannot be asked: {}", curl_easy_strerror(code));
}

Result<HttpReply> CurlClient::post(const std::string& credentials, std::string_view body) {
  body_.clear();
  too_long_ = false;
  bool named = !credentials.empty();
  curl_easy_setopt(easy(), CURLOPT_USERPWD, named ? credentials.c_str() : nullptr);
  curl_easy_setopt(easy(), CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
  curl_easy_setopt(easy(), CURLOPT_POSTFIELDS, body.data());
  CURLcode code = curl_easy_perform(easy());
  if (code != CURLE_OK) return machine_error(reason(code));
  long status = 0;
  curl_easy_getinfo(easy(), CURLINFO_RESPONSE_CODE, &status);
  return HttpReply{static_cast<int>(status), std::move(body_)};
}

}  // namespace

Result<std::unique_ptr<HttpClient>> open_http(const std::string& url, const HttpLimits& limits,
                                              std::function<bool()> ended) {
  std::unique_ptr<CURLU, FreeUrl> parts(curl_url());
  if (!parts) return machine_error("libcurl does not start; is there memory left?");
  bool whole = curl_url_set(parts.get(), CURLUPART_URL, url.c_str(), 0) == CURLUE_OK;
  std::string scheme = part_of(parts.get(), CURLUPART_SCHEME);
  bool has_password = url.find('@') != std::string::npos;
  if (has_password) {
    return fail(ErrorKind::usage,
                "the address holds a user or a password, which others on this machine could read; "
                "write it as http://HOST:PORT and give them as options");
  }
  if (!whole || (scheme != "http" && scheme != "https")) {
    return fail(ErrorKind::usage,
                fmt::format("{} is no address to ask; write it as http://HOST:PORT", url));
  }
  auto client = std::make_unique<CurlClient>(url, limits, std::move(ended));
  TRY(client->prepare());
  return client;
}

}  // namespace tracehound
