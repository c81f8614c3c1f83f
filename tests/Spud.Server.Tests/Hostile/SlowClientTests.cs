using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Spud.Server.Generation;
using static Spud.Server.Tests.SharedServer;

namespace Spud.Server.Tests.Hostile;

/// <summary>Clients that keep the server waiting: they are cut off after a while, and others are answered meanwhile.</summary>
public sealed class SlowClientTests
{
    private const int Idle = 50;

    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("true")]
    [InlineData("false")]
    public async Task A_client_that_reads_nothing_is_cut_off_and_others_are_answered(string stream)
    {
        await using TestServer server = await TestServer.StartAsync("--Serve:StallSeconds=2");
        Admission admission = server.Services.GetRequiredService<Admission>();

        // More megabytes than the buffers between the two take.
        string body = $$"""{ "stream": {{stream}}, "n": 8, "ignore_eos": true, "logprobs": true, "top_logprobs": 20, "messages": [{ "role": "user", "content": "Once upon a time" }] }""";
        using TcpClient silent = await ConnectAsync(server, ReceiveBufferSize: 4096);
        await silent.GetStream().WriteAsync(Post(body, Encoding.UTF8.GetByteCount(body)), Cancel);
        await UntilAsync(() => admission.Open > 0, "the request is not admitted");

        await server.AnswerAsync(ChatPath, Body());
        await UntilAsync(() => admission.Open == 0, "the answer that nobody reads is still open");
        await server.AnswerAsync(ChatPath, Body());
        Assert.False(await EndsWellAsync(silent));
    }

    [Fact]
    public async Task A_client_that_does_not_finish_its_body_is_cut_off()
    {
        await using TestServer server = await TestServer.StartAsync("--Serve:StallSeconds=2");
        using TcpClient client = await ConnectAsync(server);
        await client.GetStream().WriteAsync(Post("""{ "messages": """, contentLength: 1000), Cancel);
        using StreamReader reader = new(client.GetStream());
        Assert.StartsWith("HTTP/1.1 408", await reader.ReadToEndAsync(Cancel).WaitAsync(s_patience, Cancel), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Many_clients_that_never_finish_a_request_are_in_nobodys_way()
    {
        await using TestServer server = await TestServer.StartAsync();
        List<TcpClient> idle = [];
        try
        {
            for (int i = 0; i < Idle; i++)
            {
                idle.Add(await ConnectAsync(server));
                await idle[^1].GetStream().WriteAsync(i % 2 == 0 ? "POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nX-Slow: "u8.ToArray() : Post("{", contentLength: 1 << 20), Cancel);
            }

            await server.AnswerAsync(ChatPath, Body());
            Assert.Equal(0, server.Services.GetRequiredService<Admission>().Open);
        }
        finally
        {
            idle.ForEach(static client => client.Dispose());
        }
    }

    private static async Task<TcpClient> ConnectAsync(TestServer server, int? ReceiveBufferSize = null)
    {
        TcpClient client = new(AddressFamily.InterNetwork);
        if (ReceiveBufferSize is { } size)
            client.ReceiveBufferSize = size;

        await client.ConnectAsync(IPAddress.Parse(server.Address.Host), server.Address.Port, Cancel);
        return client;
    }

    private static byte[] Post(string body, int contentLength) =>
        Encoding.UTF8.GetBytes($"POST {ChatPath} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {contentLength}\r\n\r\n{body}");

    // Whether the rest of the answer comes, with its end.
    private static async Task<bool> EndsWellAsync(TcpClient client)
    {
        try
        {
            using StreamReader reader = new(client.GetStream());
            string text = await reader.ReadToEndAsync(Cancel).WaitAsync(s_patience, Cancel);
            return text.EndsWith("0\r\n\r\n", StringComparison.Ordinal) || text.EndsWith("}}", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static async Task UntilAsync(Func<bool> holds, string otherwise)
    {
        for (long start = Stopwatch.GetTimestamp(); !holds(); await Task.Delay(10, Cancel))
            Assert.True(Stopwatch.GetElapsedTime(start) < s_patience, otherwise);
    }
}
