using Terminal.Gui.Input;

namespace Spud.Host.Repl.Screen;

/// <summary>A key and what it does: the screen acts by these, and the F1 page is made of them.</summary>
/// <param name="Keys">Any of them.</param>
/// <param name="Name">As the F1 page writes them.</param>
/// <param name="Help">What it does.</param>
/// <param name="Act">Does it; false: the key is somebody else's this time.</param>
internal sealed record ScreenKey(IReadOnlyList<Key> Keys, string Name, string Help, Func<bool> Act)
{
    public ScreenKey(Key key, string name, string help, Action act) : this([key], name, help, Always(act))
    {
    }

    /// <summary>An action that always takes the key.</summary>
    public static Func<bool> Always(Action act) => () =>
    {
        act();
        return true;
    };

    /// <summary>Acts by the first entry that takes the key.</summary>
    public static bool Handle(IEnumerable<ScreenKey> table, Key key) => table.Any(entry => entry.Keys.Contains(key) && entry.Act());
}
