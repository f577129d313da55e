Feature: fenerum
