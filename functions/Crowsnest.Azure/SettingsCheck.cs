using System.Collections;
using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Reflection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Crowsnest.Azure;

/// <summary>
/// Checks all settings at start and says everything that is wrong at once, each with the name that it is set by. Values stay out of it:
/// some are secrets.
/// </summary>
internal sealed class SettingsCheck(IConfiguration configuration)
{
    private readonly List<string> _faults = [];

    /// <summary>The app setting that a key of the configuration is set by.</summary>
    internal static string NameOf(string path, string member) => $"{path}:{member}".Replace(":", "__", StringComparison.Ordinal);

    /// <summary>Checks a section.</summary>
    internal SettingsCheck Section<T>(string path)
        where T : class, new()
    {
        Check(configuration.GetSection(path), new T());
        return this;
    }

    /// <summary>Checks a section of which there may be any number.</summary>
    internal SettingsCheck List<T>(string path, Func<T, string> nameOf)
        where T : class, new()
    {
        List<T> all = [];
        foreach (IConfigurationSection entry in configuration.GetSection(path).GetChildren())
        {
            T options = new();
            Check(entry, options);
            all.Add(options);
        }

        _faults.AddRange(all.GroupBy(nameOf, StringComparer.OrdinalIgnoreCase).Where(static name => name.Count() > 1)
            .Select(name => $"{NameOf(path, "N")}: there are several for '{name.Key}'; give each a name of its own"));
        return this;
    }

    /// <summary>Ends the start when something is wrong.</summary>
    /// <exception cref="OptionsValidationException">Some settings are not right; it names all of them.</exception>
    internal void ThrowIfWrong()
    {
        if (_faults.Count > 0)
        {
            throw new OptionsValidationException("Crowsnest", typeof(SettingsCheck), _faults);
        }
    }

    private void Check(IConfigurationSection section, object options)
    {
        HashSet<string> unreadable = [];
        foreach (PropertyInfo property in options.GetType().GetProperties().Where(static one => one.CanWrite))
        {
            if (IsSimple(property.PropertyType))
            {
                if (section[property.Name] is { } text && !TrySet(options, property, text))
                {
                    unreadable.Add(property.Name);
                    _faults.Add($"{NameOf(section.Path, property.Name)}: set it to {KindOf(property.PropertyType)}");
                }
            }
            else if (property.GetValue(options) is { } part and not IEnumerable)
            {
                Check(section.GetSection(property.Name), part);
            }
        }

        BindLists(section, options);
        Validate(section, options, unreadable);
    }

    private void Validate(IConfigurationSection section, object options, HashSet<string> unreadable)
    {
        foreach (PropertyInfo property in options.GetType().GetProperties().Where(one => one.CanWrite && !unreadable.Contains(one.Name)))
        {
            List<ValidationResult> results = [];
            Validator.TryValidateProperty(
                property.GetValue(options), new ValidationContext(options) { MemberName = property.Name }, results);
            _faults.AddRange(results.Select(result => $"{NameOf(section.Path, property.Name)}: {result.ErrorMessage}"));
        }

        if (options is IValidatableObject whole)
        {
            _faults.AddRange(whole.Validate(new ValidationContext(options))
                .Select(result => $"{NameOf(section.Path, result.MemberNames.FirstOrDefault() ?? "*")}: {result.ErrorMessage}"));
        }
    }

    private static void BindLists(IConfigurationSection section, object options)
    {
        foreach (PropertyInfo property in options.GetType().GetProperties().Where(static one => IsList(one.PropertyType)))
        {
            section.GetSection(property.Name).Bind(property.GetValue(options));
        }
    }

    /// <summary>True for a setting of which there may be any number.</summary>
    internal static bool IsList(Type type) => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IList<>);

    private static bool IsSimple(Type type) =>
        (Nullable.GetUnderlyingType(type) ?? type) is { } plain && (plain.IsPrimitive || plain.IsEnum || plain == typeof(string));

    private static string KindOf(Type type)
    {
        Type plain = Nullable.GetUnderlyingType(type) ?? type;
        return plain.IsEnum ? $"one of {string.Join(", ", Enum.GetNames(plain))}"
            : plain == typeof(bool) ? "true or false"
            : plain == typeof(double) ? "a number such as 0.5"
            : "a whole number";
    }

    private static bool TrySet(object options, PropertyInfo property, string text)
    {
        try
        {
            property.SetValue(options, TypeDescriptor.GetConverter(property.PropertyType).ConvertFromInvariantString(text));
            return true;
        }
#pragma warning disable CA1031 // Converters throw what they like; all of it says that the text is none.
        catch (Exception)
#pragma warning restore CA1031
        {
            return false;
        }
    }
}
