using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Spud.Server.Security;
using Spud.Server.Settings;
using Spud.Server.Tests.Clients;
using static Spud.Server.Tests.SharedServer;

namespace Spud.Server.Tests;

public sealed class SecurityTests(SharedServer shared)
{
    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("*")]
    [InlineData("192.0.2.1")]
    [InlineData("::")]
    public void Listening_elsewhere_needs_keys_or_the_users_word(string host)
    {
        string message = Assert.Throws<SettingsException>(() => ListenAddress.Of(new() { Host = host }, hasKeys: false)).Message;
        Assert.Contains("--insecure", message, StringComparison.Ordinal);
        ListenAddress.Of(new() { Host = host }, hasKeys: true);
        ListenAddress.Of(new() { Host = host, Insecure = true }, hasKeys: false);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    [InlineData("localhost")]
    public void This_machine_needs_no_keys(string host) => Assert.True(IPAddress.IsLoopback(ListenAddress.Of(new() { Host = host }, hasKeys: false)));

    [Theory]
    [InlineData("--Serve:Port=99999", "Serve:Port: expected 0 to 65535")]
    [InlineData("--Serve:Prot=80", "Prot")]
    [InlineData("--Serve:Host=everywhere", "expected an IP address")]
    [InlineData("--Serve:CertificateKey=x", "need Serve:Certificate")]
    [InlineData("--Serve:DefaultModel=x", "there is no model 'x'")]
    public void A_setting_that_is_wrong_is_named(string setting, string expected)
    {
        using TempFolder folder = new();
        string settings = folder.Write("settings.json", "{}"u8);
        Assert.Contains(expected, Assert.Throws<SettingsException>(() => ServerApp.Build([$"--Settings={settings}", $"--Serve:Embedded:Model={TestServer.Stories}", setting])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_that_is_too_large_is_refused()
    {
        await using TestServer server = await TestServer.StartAsync("--Serve:BodyMegabytes=1");
        string body = $$"""{ "messages": [{ "role": "user", "content": "{{new string('a', 2 << 20)}}" }] }""";
        Assert.Equal("request_too_large", (await server.RefusedAsync(413, ChatPath, body)).GetProperty("code").GetString());
    }

    // Slow loris: a client that sends its headers byte by byte holds no connection.
    [Fact]
    public async Task A_client_that_does_not_finish_its_headers_is_cut_off()
    {
        await using TestServer server = await TestServer.StartAsync("--Serve:HeaderSeconds=0.5");
        using TcpClient client = new();
        await client.ConnectAsync(server.Address.Host, server.Address.Port, TestContext.Current.CancellationToken);
        NetworkStream stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes("POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nX-Slow: "), TestContext.Current.CancellationToken);
        using StreamReader reader = new(stream);
        Assert.StartsWith("HTTP/1.1 408", await reader.ReadToEndAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromMinutes(2), TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Web_pages_may_not_call_the_server_by_default()
    {
        using HttpRequestMessage asks = new(HttpMethod.Options, ChatPath);
        asks.Headers.Add("Origin", "https://example.org");
        asks.Headers.Add("Access-Control-Request-Method", "POST");
        using HttpResponseMessage answer = await shared.Server.Client.SendAsync(asks, TestContext.Current.CancellationToken);
        Assert.False(answer.IsSuccessStatusCode);
        Assert.False(answer.Headers.Contains("Access-Control-Allow-Origin"));
    }

    [Theory]
    [InlineData("/../../../../etc/passwd")]
    [InlineData("/v1/models/..%2f..%2fetc%2fpasswd")]
    [InlineData("/v1/models/%00")]
    public async Task No_path_reaches_a_file(string path)
    {
        using HttpResponseMessage answer = await shared.Server.Client.GetAsync(new Uri($"{shared.Server.Address.GetLeftPart(UriPartial.Authority)}{path}"), TestContext.Current.CancellationToken);
        Assert.True(answer.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.BadRequest, $"{answer.StatusCode}");
    }

    [Fact]
    public async Task It_serves_with_a_certificate()
    {
        using TempFolder folder = new();
        using ECDsa key = ECDsa.Create();
        using X509Certificate2 certificate = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256).CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        string cert = folder.Write("cert.pem", Encoding.ASCII.GetBytes(certificate.ExportCertificatePem())), pem = folder.Write("key.pem", Encoding.ASCII.GetBytes(key.ExportPkcs8PrivateKeyPem()));
        await using TestServer server = await TestServer.StartAsync($"--Serve:Certificate={cert}", $"--Serve:CertificateKey={pem}");
        Assert.Equal("https", server.Address.Scheme);
        using HttpClientHandler trusting = new() { ServerCertificateCustomValidationCallback = static (_, _, _, _) => true };
        using HttpClient client = new(trusting) { BaseAddress = server.Address };
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync(new Uri("/health", UriKind.Relative), TestContext.Current.CancellationToken)).StatusCode);
    }

    [Fact]
    public async Task The_log_has_no_text_of_prompts_however_much_is_logged()
    {
        using TempFolder folder = new();
        string settings = folder.Write("settings.json", """{ "Logging": { "LogLevel": { "Default": "Trace", "Microsoft": "Trace" } } }"""u8);
        await using RunningServer server = RunningServer.Start("-m", TestServer.Stories, "--chat-template", "chatml", "--port", "0", "--threads", "1", "--settings", settings);
        await server.UntilReadyAsync();
        using HttpClient client = new() { BaseAddress = server.Address };
        foreach (string body in (string[])["""{ "max_tokens": 2, "messages": [{ "role": "user", "content": "xyzzy" }] }""", """{ "messages": "xyzzy" }""", """{ "xyzzy" }"""])
            await client.PostAsync(new Uri(ChatPath, UriKind.Relative), new StringContent(body), TestContext.Current.CancellationToken);

        server.Signal("TERM");
        await server.EndAsync();
        Assert.Contains("/v1/chat/completions", server.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("xyzzy", server.Error, StringComparison.Ordinal);
    }
}
