using System.Text.Json.Nodes;
using Microsoft.Playwright;
using Spud.Host.Tests.Page;

namespace Spud.Server.Tests.Page;

/// <summary>The page in a real browser.</summary>
public sealed class PageTests
{
    private const string Nasty = "<img src=x onerror=window.taken=1><script>window.taken=2</script>";

    private const float Patience = 180_000; // Milliseconds.

    // Left where they can be looked at.
    private static string Screenshot(string name) => System.IO.Path.Combine(Directory.CreateDirectory(System.IO.Path.Combine(AppContext.BaseDirectory, "screenshots")).FullName, name + ".png");

    [Theory]
    [InlineData("desktop-light", 1280, 800, false)]
    [InlineData("desktop-dark", 1280, 800, true)]
    [InlineData("phone-light", 390, 844, false)]
    [InlineData("phone-dark", 390, 844, true)]
    public async Task It_asks_for_a_key_shows_the_load_and_the_bill_of_an_answer(string name, int width, int height, bool dark)
    {
        await using Browser browser = await Browser.Start();
        await using MarketServer market = await MarketServer.StartAsync();
        IPage page = await browser.Open(width, height, dark);
        page.SetDefaultTimeout(Patience);
        (List<string> complaints, List<string> requests) = Listen(page);
        await page.GotoAsync($"{market.Server.Address}");
        await page.FillAsync("#key", "spud-wrong");
        await page.PressAsync("#key", "Enter");
        await page.Locator("#key-note").Filter(new() { HasText = "not valid" }).WaitForAsync();
        await page.FillAsync("#key", market.Key);
        await page.PressAsync("#key", "Enter");

        using CancellationTokenSource leaves = new();
        Task load = StatusTests.LoadAsync(market.Server, 4, static client => client == 0 ? "" : FormattableString.Invariant($"\"bid\": {0.002 + (0.001 * client)},"), leaves.Token);
        await page.FillAsync("#budget", "0.5");
        await page.FillAsync("#prompt", "Once upon a time, there was a little girl");
        await page.PressAsync("#prompt", "Enter");
        await AnsweredAsync(page);
        await page.Locator("#jobs [role=meter]").First.WaitForAsync();
        await page.Locator("#receipts tbody tr").First.WaitForAsync();
        await page.Locator("#speed:not(:text-is('0'))").WaitForAsync();
        await page.ScreenshotAsync(new() { Path = Screenshot(name), FullPage = width < 800 });
        await leaves.CancelAsync();
        await load;

        Assert.All(complaints, static complaint => Assert.Contains("401", complaint, StringComparison.Ordinal));
        Assert.All(requests, request => Assert.StartsWith($"{market.Server.Address}", request, StringComparison.Ordinal));
        Assert.Equal(width, await page.EvaluateAsync<int>("document.documentElement.scrollWidth"));
        Assert.Equal(dark ? "rgb(18, 18, 17)" : "rgb(246, 246, 243)", await page.EvaluateAsync<string>("getComputedStyle(document.body).backgroundColor"));
        string bill = await page.InnerTextAsync(".bill");
        Assert.Contains("CU", bill, StringComparison.Ordinal);
        Assert.Contains("EUR", bill, StringComparison.Ordinal);
        Assert.Contains("reused", bill, StringComparison.Ordinal);
        Assert.Contains("ann: ", await page.InnerTextAsync("#account"), StringComparison.Ordinal);
        Assert.Contains("MiB of memory", await page.InnerTextAsync("#models"), StringComparison.Ordinal);
        Assert.True(await page.IsVisibleAsync("#price-chart"));
        Assert.Equal((1, 0), (await page.EvaluateAsync<int>("sessionStorage.length"), await page.EvaluateAsync<int>("localStorage.length")));
        await page.ClickAsync("#forget");
        Assert.True(await page.IsHiddenAsync("#main"));
        Assert.Equal(0, await page.EvaluateAsync<int>("sessionStorage.length"));
    }

    [Fact]
    public async Task Html_in_an_answer_or_a_question_or_a_fault_is_text()
    {
        await using Browser browser = await Browser.Start();
        await using TestServer server = await TestServer.StartAsync();
        IPage page = await browser.Open(1280, 800, false);
        page.SetDefaultTimeout(Patience);
        (List<string> complaints, _) = Listen(page);

        // The model writes what the grammar leaves it: the text comes out of the real server.
        await page.RouteAsync("**/v1/chat/completions", async route =>
        {
            JsonObject body = JsonNode.Parse(route.Request.PostData!)!.AsObject();
            body["grammar"] = $"root ::= \"{Nasty}\"";
            await route.ContinueAsync(new() { PostData = System.Text.Encoding.UTF8.GetBytes(body.ToJsonString()) });
        });
        await page.GotoAsync($"{server.Address}");
        await page.FillAsync("#prompt", Nasty);
        await page.ClickAsync("#send");
        await AnsweredAsync(page);
        Assert.Equal(Nasty, (await page.Locator("#log > :not(.user) .text").InnerTextAsync()).Trim());
        Assert.Equal(Nasty, (await page.Locator("#log .user").InnerTextAsync()).Trim());

        await page.UnrouteAllAsync();
        await page.RouteAsync("**/v1/chat/completions", route => route.FulfillAsync(new() { Status = 400, Json = new { error = new { message = Nasty } } }));
        await page.FillAsync("#prompt", "again");
        await page.ClickAsync("#send");
        await page.Locator("#chat-note.bad").WaitForAsync();
        Assert.Equal(Nasty, await page.Locator("#chat-note").InnerTextAsync());

        Assert.Equal(0, await page.Locator("img").CountAsync());
        Assert.Equal(1, await page.Locator("script").CountAsync());
        Assert.Equal("undefined", await page.EvaluateAsync<string>("typeof window.taken"));
        Assert.All(complaints, static complaint => Assert.Contains("400", complaint, StringComparison.Ordinal));
    }

    // If a fault of the page ever took text for markup, the browser would still refuse it.
    [Fact]
    public async Task The_browser_takes_no_markup_from_strings_and_no_inline_script()
    {
        await using Browser browser = await Browser.Start();
        await using TestServer server = await TestServer.StartAsync();
        IPage page = await browser.Open(1280, 800, false);
        page.SetDefaultTimeout(Patience);
        await page.GotoAsync($"{server.Address}");
        foreach (string attempt in (string[])[$"document.body.innerHTML = {System.Text.Json.JsonSerializer.Serialize(Nasty)}", "document.body.setAttribute('onclick', 'window.taken = 3')"])
            Assert.Contains("Trusted", (await Assert.ThrowsAsync<PlaywrightException>(() => page.EvaluateAsync(attempt))).Message, StringComparison.Ordinal);

        Assert.Equal("undefined", await page.EvaluateAsync<string>("typeof window.taken"));
    }

    private static async Task AnsweredAsync(IPage page)
    {
        await page.Locator(".bill, #chat-note.bad").First.WaitForAsync();
        Assert.Equal("", await page.Locator("#chat-note.bad").CountAsync() == 0 ? "" : await page.InnerTextAsync("#chat-note"));
    }

    private static (List<string> Complaints, List<string> Requests) Listen(IPage page)
    {
        (List<string> complaints, List<string> requests) = ([], []);
        page.Console += (_, message) => complaints.Add($"{message.Type}: {message.Text}");
        page.PageError += (_, message) => complaints.Add(message);
        page.Request += (_, request) => requests.Add(request.Url);
        return (complaints, requests);
    }
}
