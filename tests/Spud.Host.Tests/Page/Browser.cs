using Microsoft.Playwright;

namespace Spud.Host.Tests.Page;

/// <summary>A real browser; tests that need one are skipped out loud where there is none.</summary>
internal sealed class Browser : IAsyncDisposable
{
    private readonly IPlaywright _playwright;
    private readonly IBrowser _browser;

    private Browser(IPlaywright playwright, IBrowser browser) => (_playwright, _browser) = (playwright, browser);

    public static async Task<Browser> Start()
    {
        string program = Find() ?? throw new InvalidOperationException("unreachable: a skipped test does not go on");
        IPlaywright playwright = await Playwright.CreateAsync();
        // A browser of the superuser has no sandbox of its own.
        return new(playwright, await playwright.Chromium.LaunchAsync(new() { ExecutablePath = program, Args = Environment.IsPrivilegedProcess ? ["--no-sandbox"] : [] }));
    }

    /// <summary>Opens a window with nothing in it, which has a session of its own.</summary>
    public async Task<IPage> Open(int width, int height, bool dark) =>
        await (await _browser.NewContextAsync(new() { ViewportSize = new() { Width = width, Height = height }, ColorScheme = dark ? ColorScheme.Dark : ColorScheme.Light })).NewPageAsync();

    /// <summary>Opens a file and returns what was seen there.</summary>
    /// <param name="file">The page.</param>
    /// <param name="width">Of the window, in CSS pixels.</param>
    /// <param name="dark">Which colours the reader prefers.</param>
    /// <param name="screenshot">Where the picture goes.</param>
    public async Task<Seen> Look(string file, int width, bool dark, string screenshot)
    {
        IPage page = await Open(width, 900, dark);
        List<string> complaints = [], requests = [];
        page.Console += (_, message) => complaints.Add($"{message.Type}: {message.Text}");
        page.PageError += (_, message) => complaints.Add(message);
        page.Request += (_, request) => requests.Add(request.Url);
        await page.GotoAsync(new Uri(file).AbsoluteUri);
        foreach (IElementHandle details in await page.QuerySelectorAllAsync("summary"))
            await details.ClickAsync();

        await page.ScreenshotAsync(new() { FullPage = true, Path = screenshot });
        return new(
            complaints,
            requests,
            await page.EvaluateAsync<int>("document.documentElement.scrollWidth"),
            await page.EvaluateAsync<string[]>("[...document.querySelectorAll('section')].filter(s => s.scrollWidth > s.clientWidth + 1).map(s => s.querySelector('h2').textContent)"),
            await page.EvaluateAsync<int>("document.querySelectorAll('svg[role=img] > title').length"),
            await page.EvaluateAsync<string>("getComputedStyle(document.body).backgroundColor"),
            await page.InnerTextAsync("body"));
    }

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
    }

    private static string? Find()
    {
        string[] folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(System.IO.Path.PathSeparator);
        string? found = new[] { "chromium", "chromium-browser", "google-chrome" }.SelectMany(name => folders.Select(folder => System.IO.Path.Combine(folder, name))).FirstOrDefault(File.Exists);
        Assert.SkipWhen(found is null, "needs a browser: apt-get install chromium");
        return found;
    }
}

/// <summary>What a browser made of a page.</summary>
/// <param name="Complaints">Of its console.</param>
/// <param name="Requests">Addresses that it asked for.</param>
/// <param name="ContentWidth">Of the whole page.</param>
/// <param name="Overflowing">Titles of sections whose content is wider than they are.</param>
/// <param name="Pictures">With a text in place of them.</param>
/// <param name="Background">Its colour.</param>
/// <param name="Text">What can be read.</param>
internal sealed record Seen(List<string> Complaints, List<string> Requests, int ContentWidth, string[] Overflowing, int Pictures, string Background, string Text);
