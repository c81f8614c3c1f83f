using System.Drawing;

namespace Spud.Host.Repl.Screen;

/// <summary>The positions of the parts of the screen; empty if hidden.</summary>
internal sealed record ScreenLayout
{
    public const int MinColumns = 40;
    public const int MinRows = 12;

    /// <summary>Minimum width for the side pane next to the conversation.</summary>
    private const int RoomyColumns = 100;
    private const int RoomyRows = 16;

    public Rectangle Title { get; private init; }

    public Rectangle Transcript { get; private init; }

    public Rectangle PaneRule { get; private init; }

    public Rectangle Pane { get; private init; }

    public Rectangle InputRule { get; private init; }

    public Rectangle Input { get; private init; }

    public Rectangle Status { get; private init; }

    public Rectangle TooSmall { get; private init; }

    /// <summary>Whether the side pane covers the conversation.</summary>
    public static bool PaneCovers(int columns) => columns < RoomyColumns;

    /// <summary>Computes the layout of a screen.</summary>
    /// <param name="screen">Its size.</param>
    /// <param name="pane">Whether the user opened (true) or closed (false) the side pane; null if neither.</param>
    /// <param name="inputRows">Preferred number of rows of the message.</param>
    public static ScreenLayout Of(Size screen, bool? pane, int inputRows)
    {
        if (screen.Width < MinColumns || screen.Height < MinRows)
            return new() { TooSmall = screen.IsEmpty ? Rectangle.Empty : new(0, screen.Height / 2, screen.Width, 1) };

        int title = screen.Height >= RoomyRows ? 1 : 0, input = Math.Clamp(inputRows, 1, Math.Max(2, screen.Height / 3));
        int body = screen.Height - title - input - 2;
        bool covers = PaneCovers(screen.Width), shows = pane ?? !covers;
        int paneColumns = !shows ? 0 : covers ? screen.Width : Math.Clamp(screen.Width * 36 / 100, 38, 72);
        int transcript = covers && shows ? 0 : screen.Width - paneColumns - (shows ? 1 : 0);
        return new()
        {
            Title = title == 0 ? Rectangle.Empty : new(0, 0, screen.Width, 1),
            Transcript = transcript == 0 ? Rectangle.Empty : new(0, title, transcript, body),
            PaneRule = !shows || covers ? Rectangle.Empty : new(transcript, title, 1, body),
            Pane = !shows ? Rectangle.Empty : covers ? new(0, title, screen.Width, body) : new(transcript + 1, title, paneColumns, body),
            InputRule = new(0, title + body, screen.Width, 1),
            Input = new(0, title + body + 1, screen.Width, input),
            Status = new(0, screen.Height - 1, screen.Width, 1),
        };
    }
}
