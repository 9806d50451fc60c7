using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Crowsnest.Azure;

/// <summary>Reads settings of which there may be any number, as <c>Section:0:Name</c>, <c>Section:1:Name</c> and so on.</summary>
public static class OptionsList
{
    /// <summary>The entries of a section, checked.</summary>
    /// <param name="configuration">The settings.</param>
    /// <param name="section">Their section.</param>
    /// <param name="nameOf">What no two of them may share.</param>
    /// <exception cref="OptionsValidationException">Some are not right; it names every fault of all.</exception>
    public static IReadOnlyList<T> Read<T>(IConfiguration configuration, string section, Func<T, string> nameOf)
        where T : class, new()
    {
        List<T> all = [];
        List<string> faults = [];
        foreach (IConfigurationSection entry in configuration.GetSection(section).GetChildren())
        {
            T options = new();
            entry.Bind(options);
            List<ValidationResult> results = [];
            Validator.TryValidateObject(options, new ValidationContext(options), results, validateAllProperties: true);
            faults.AddRange(results.Select(result => $"{entry.Path}: {result.ErrorMessage}"));
            all.Add(options);
        }

        faults.AddRange(all.GroupBy(nameOf, StringComparer.OrdinalIgnoreCase).Where(static name => name.Count() > 1)
            .Select(name => $"{section}: there are several for '{name.Key}'"));
        return faults.Count == 0 ? all : throw new OptionsValidationException(section, typeof(T), faults);
    }
}
