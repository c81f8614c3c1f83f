using Terminal.Gui.Input;

namespace Spud.Host.Repl.Screen;

/// <summary>What a tab of the side pane shows.</summary>
internal abstract class PanePage(string title)
{
    private IReadOnlyList<Line>? _rows;
    private int _columns;

    /// <summary>Its rows have changed.</summary>
    public event Action? Changed;

    /// <summary>On the tab.</summary>
    public string Title { get; } = title;

    /// <summary>Whether keys come here.</summary>
    public bool IsFocused
    {
        get;
        set
        {
            if (field == value)
                return;

            field = value;
            Renew();
        }
    }

    /// <summary>The row that keys act on; null: keys scroll.</summary>
    public virtual int? SelectedRow => null;

    /// <summary>A view on its rows, as they were last made; null: none.</summary>
    public virtual PaneFigure? Figure => null;

    /// <summary>Its rows for a width.</summary>
    public IReadOnlyList<Line> Rows(int columns)
    {
        if (_rows is null || _columns != columns)
            (_rows, _columns) = (Create(columns), columns);

        return _rows;
    }

    /// <summary>What keys do on this page.</summary>
    public virtual IReadOnlyList<ScreenKey> Keys => [];

    /// <summary>Takes a key; false: it means nothing here.</summary>
    public bool Press(Key key) => ScreenKey.Handle(Keys, key);

    /// <summary>A row was clicked.</summary>
    public virtual void Click(int row)
    {
    }

    /// <summary>Its rows for a width, made anew.</summary>
    protected abstract IReadOnlyList<Line> Create(int columns);

    /// <summary>Says that its rows have changed.</summary>
    protected void Renew()
    {
        _rows = null;
        Changed?.Invoke();
    }
}
