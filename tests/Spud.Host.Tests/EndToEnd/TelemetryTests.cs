using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Spud.Host.Tests.EndToEnd;

public sealed class TelemetryTests
{
    private static readonly string[] s_greedy = ["run", "--raw", "-m", Spud.Stories, "--temperature", "0", "--max-tokens", "4"];

    [Fact]
    public async Task A_collector_gets_the_span_and_the_metrics_of_a_request()
    {
        ConcurrentDictionary<string, string> posted = [];
        using HttpListener collector = Listen(out string address);
        Task serving = Serve(collector, posted);
        Outcome outcome = Spud.Run([.. s_greedy, "--otlp", address, "Once upon a time"]).Succeeded();
        collector.Stop();
        await serving.WaitAsync(TimeSpan.FromMinutes(3), TestContext.Current.CancellationToken);
        Assert.DoesNotContain("note:", outcome.Error);
        Assert.Equal(["/v1/metrics", "/v1/traces"], posted.Keys.Order());
        Assert.All(["text_completion stories260K-f32.gguf", "gen_ai.usage.output_tokens", "spud.compute.units"], name => Assert.Contains(name, posted["/v1/traces"]));
        Assert.All(["gen_ai.client.token.usage", "gen_ai.server.time_to_first_token", "spud.compute.units", "experts"], name => Assert.Contains(name, posted["/v1/metrics"]));
    }

    [Fact]
    public void A_collector_that_is_not_there_costs_a_note_and_no_answer()
    {
        Outcome outcome = Spud.Run([.. s_greedy, "--otlp", "http://127.0.0.1:1", "Once upon a time"]).Succeeded();
        Assert.NotEmpty(outcome.Output);
        Assert.Contains("did not accept the telemetry", outcome.Error);
    }

    [Theory]
    [InlineData("localhost:4318")]
    [InlineData("ftp://localhost")]
    [InlineData("")]
    public void What_is_no_url_is_refused(string url) => Spud.Run([.. s_greedy, "--otlp", url, "Once"]).Refused(2, "--otlp: expected a URL");

    [Fact]
    public void Who_sends_nothing_loads_nothing()
    {
        if (!OperatingSystem.IsLinux())
            Assert.Skip("needs /proc");

        using Process chat = Spud.Start(Spud.Program, ["chat", "--max-tokens", "1"]);
        chat.StandardInput.WriteLine("Hello");
        chat.StandardInput.Flush();
        chat.StandardOutput.ReadLine();
        string maps = File.ReadAllText($"/proc/{chat.Id}/maps");
        Spud.Finish(chat, []);
        Assert.Contains("Spud.Engine.dll", maps);
        Assert.DoesNotContain("OpenTelemetry", maps);
    }

    private static async Task Serve(HttpListener collector, ConcurrentDictionary<string, string> posted)
    {
        while (collector.IsListening)
        {
            try
            {
                HttpListenerContext context = await collector.GetContextAsync();
                using MemoryStream body = new();
                await context.Request.InputStream.CopyToAsync(body);
                posted.AddOrUpdate(context.Request.Url!.AbsolutePath, Encoding.Latin1.GetString(body.ToArray()), (_, before) => before + Encoding.Latin1.GetString(body.ToArray()));
                context.Response.Close();
            }
            catch (Exception stopped) when (stopped is HttpListenerException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    // A port that is free now may be taken by another program before the collector has it.
    private static HttpListener Listen(out string address)
    {
        for (int attempt = 0; ; attempt++)
        {
            using TcpListener free = new(IPAddress.Loopback, 0);
            free.Start();
            address = $"http://127.0.0.1:{((IPEndPoint)free.LocalEndpoint).Port}";
            free.Stop();
            HttpListener collector = new();
            collector.Prefixes.Add(address + "/");
            try
            {
                collector.Start();
                return collector;
            }
            catch (HttpListenerException) when (attempt < 10)
            {
                collector.Close();
            }
        }
    }
}
